// Package systemd speaks with the service manager by its two simple means: datagrams that say how the service is
// (sd_notify(3)), and sockets that are open already (sd_listen_fds(3)). It owns the variables of the environment and what
// goes over the wire; what is said, and what the sockets are for, is the service's business.
//
// Both are a few lines over the standard library, which is why no library is imported for them.
package systemd
