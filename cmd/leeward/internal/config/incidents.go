package config

// Incidents says who is told of incidents.
type Incidents struct {
	Link     string // to an incident, with {id} in it; "": none
	Webhooks []Webhook
	Exec     []string // a program with its arguments; none: no program
}

// Webhook is an address that is told of incidents.
type Webhook struct {
	Name       string // as given, else the host
	URL        string // as given, or read from URLFile
	URLFile    string `mapstructure:"url_file"`
	Format     string // generic or slack
	Headers    []string
	SecretFile string `mapstructure:"secret_file"`
	Secret     Secret `mapstructure:"-"` // read from SecretFile; nil without one
}
