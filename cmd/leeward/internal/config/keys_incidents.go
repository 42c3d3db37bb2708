package config

// incidentsKeys say who is told of incidents.
func incidentsKeys() []key {
	return []key{
		{name: "link", kind: link(),
			means: "to the page of an incident, for messages; `{id}` in it stands for the incident's: `https://ns1.example.net:9353/#{id}`"},
		{name: "webhooks", list: true, instead: "[]",
			means: "addresses that are told when an incident [begins and ends](incidents.md#telling-others)",
			keys: []key{
				{name: "name", kind: word(), instead: "the host in `url`",
					means: "in the log and in metrics"},
				{name: "url", kind: hook(),
					means: "told by POST. This or `url_file` is needed"},
				{name: "url_file", kind: path(),
					means: "file that holds the URL, where that is a secret, as Slack's are"},
				{name: "format", kind: oneOf("generic", "slack"), instead: "generic",
					means: "`generic` is JSON with all there is to say, `slack` a text as Slack, Mattermost and Rocket.Chat take it"},
				{name: "headers", kind: header(), list: true, lone: true, instead: "[]",
					means: "headers of the request, such as `\"X-Room: noc\"`"},
				{name: "secret_file", kind: path(),
					means: "file with a secret of at least 16 octets that [signs](incidents.md#telling-others) what is sent"},
			}},
		{name: "exec", kind: argument(), list: true, lone: true, instead: "[]",
			means: "program with its arguments, run when an incident [begins and ends](incidents.md#telling-others); the path must be absolute"},
	}
}
