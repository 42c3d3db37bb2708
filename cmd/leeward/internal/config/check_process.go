package config

// process notes whether the user was named, as only one that was has to exist.
func (k checker) process() {
	p := &k.c.Process
	p.Named = k.given("process.user")
	for key, command := range map[string][]string{"process.hooks.ready": p.Hooks.Ready, "process.hooks.unready": p.Hooks.Unready} {
		if len(command) > 0 && command[0] == "" {
			k.badKey(key, "the program has no name")
		}
	}
}
