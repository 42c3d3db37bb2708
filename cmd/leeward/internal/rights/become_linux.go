package rights

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Become starts this program anew in this process, as the user and with the right to ports under 1024 as the only one; what
// it starts can get no other rights either. It returns only with an error.
//
// Rights belong to threads on Linux, and a program has many. Starting anew leaves one, with the rights of the thread that asked
// for it: so it is enough to change those of one, and there is no moment at which some of the program is root still.
func (u *User) Become() error {
	program, err := os.Executable()
	if err != nil {
		return fmt.Errorf("process.user: %w", err)
	}
	runtime.LockOSThread() // and never let go: the thread is of no use to anybody else
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"keeping the right to ports under 1024", func() error { return unix.Prctl(unix.PR_SET_KEEPCAPS, 1, 0, 0, 0) }},
		{"setting groups", u.setGroups},
		{"setting the group", func() error { return call(unix.SYS_SETRESGID, u.gid, u.gid, u.gid) }},
		{"setting the user", func() error { return call(unix.SYS_SETRESUID, u.uid, u.uid, u.uid) }},
		{"giving up all other rights", keepPorts},
		{"keeping the right to ports under 1024", func() error {
			return unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_RAISE, unix.CAP_NET_BIND_SERVICE, 0, 0)
		}},
		{"ruling out further rights", func() error { return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }},
	} {
		if err := step.do(); err != nil {
			return fmt.Errorf("process.user: becoming %s: %s: %w", u.Name, step.what, err)
		}
	}
	return fmt.Errorf("process.user: starting anew as %s: %w (may it run %s?)", u.Name, syscall.Exec(program, os.Args, os.Environ()), program)
}

// call makes a system call about this thread alone. The standard library's functions are about all threads.
func call(number uintptr, args ...int) error {
	if _, _, errno := unix.RawSyscall(number, uintptr(args[0]), uintptr(args[1]), uintptr(args[2])); errno != 0 {
		return errno
	}
	return nil
}

func (u *User) setGroups() error {
	groups := make([]uint32, len(u.groups)+1) // never empty, so that it has an address
	for i, gid := range u.groups {
		groups[i] = uint32(gid)
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(u.groups)), uintptr(unsafe.Pointer(&groups[0])), 0); errno != 0 {
		return errno
	}
	return nil
}

// keepPorts leaves the thread the right to ports under 1024, and to hand it on to the program that is started.
func keepPorts() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	const bit = 1 << unix.CAP_NET_BIND_SERVICE
	rights := [2]unix.CapUserData{{Effective: bit, Permitted: bit, Inheritable: bit}}
	return unix.Capset(&header, &rights[0])
}
