"""Packages of a newer Debian suite, unpacked beside the system.

Nothing is installed: apt downloads the packages with all that they depend on,
libc included, into a folder of the cache, and a program there runs by its own
loader.  The mirror is the one that the system's apt has.  Needs a Debian, but no
root rights.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
LIBRARIES = "usr/lib/x86_64-linux-gnu"
LOADER = f"{LIBRARIES}/ld-linux-x86-64.so.2"
# What programs read at run time; icons, fonts and papers stay packed.
UNPACKED = ["./usr/bin", "./usr/lib", "./usr/lib64", "./usr/share/bochs",
            "./usr/share/vgabios", "./usr/share/seabios", "./usr/share/qemu",
            "./boot", "./lib", "./lib64", "./bin"]


class SuiteError(Exception):
    """The packages cannot be had; says why, and what would help."""


def cache():
    """The folder of all that is unpacked, the user's own."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "biosphere"


def mirror():
    """The address of the Debian archive that the system's apt uses."""
    try:
        targets = subprocess.run(
            ["apt-get", "indextargets", "--format",
             "$(RELEASE) $(REPO_URI)", "Created-By: Packages"],
            capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise SuiteError("there is no apt here, which downloads them; a Debian "
                         "system has it") from error
    for line in targets.splitlines():
        release, uri = line.split(None, 1)
        # bookworm, but not bookworm-updates; no archive of somebody else's.
        if "-" not in release and "debian" in uri:
            return uri
    raise SuiteError("apt here knows no Debian archive: it has no package lists "
                     "(type `apt-get update`), or this is no Debian")


def run(what, command):
    """A command that must succeed; its last words are the error otherwise."""
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        words = (result.stderr.strip() or result.stdout.strip()).splitlines()
        raise SuiteError(f"{what} failed: {words[-1] if words else 'no word'}")


def apt_options(suite, work):
    """Settings by which apt knows that suite alone, and nothing installed."""
    if not KEYRING.exists():
        raise SuiteError(f"{KEYRING} is missing: install "
                         "debian-archive-keyring")
    for folder in ("lists/partial", "archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    (work / "sources").write_text(
        f"deb [signed-by={KEYRING}] {mirror()} {suite} main\n")
    return [word for setting in (
        f"Dir::Etc::SourceList={work}/sources", "Dir::Etc::SourceParts=-",
        f"Dir::State::Lists={work}/lists", f"Dir::Cache={work}",
        f"Dir::State::status={work}/status", f"APT::Sandbox::User={user()}",
        "APT::Architecture=amd64", "APT::Architectures=amd64")
        for word in ("-o", setting)]


def user():
    """Who downloads; apt's own user may not write to the cache."""
    return "root" if os.geteuid() == 0 else ""


def unpack(packages, root):
    """Unpacks .deb files; /usr is merged, as Debian has had it since 12."""
    for folder in ("bin", "lib", "lib64"):
        (root / "usr" / folder).mkdir(parents=True)
        (root / folder).symlink_to(f"usr/{folder}")
    for package in packages:
        with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package],
                              stdout=subprocess.PIPE) as archive:
            # A folder that a package has not is no error.
            subprocess.run(
                ["tar", "-x", "--keep-directory-symlink", "-C", root,
                 *UNPACKED], stdin=archive.stdout, stderr=subprocess.DEVNULL,
                check=False)
        if archive.returncode not in (0, -13):
            raise SuiteError(f"{package.name} cannot be unpacked")


def fetch(suite, name, packages, proof):
    """Unpacks packages into the cache, if they are not there; the folder.

    Says on stderr what it does, since that takes a while.  `proof` is a file of
    them without which the folder is not believed.
    """
    place = folder(suite, name)
    place.parent.mkdir(parents=True, exist_ok=True)
    with open(place.parent / f"{place.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if place.exists():
            return place
        work = place.parent / f"{place.name}.new"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        try:
            options = apt_options(suite, work)
            print(f"Downloading {name} of Debian {suite} with all it needs "
                  "(120 MB, once) ...", file=sys.stderr, flush=True)
            run("reading the package lists", ["apt-get", *options, "update"])
            run("the download", [
                "apt-get", *options, "-y", "--no-install-recommends",
                "--download-only", "install", *packages])
            root = work / "root"
            unpack(sorted((work / "archives").glob("*.deb")), root)
            if not (root / proof).exists():
                raise SuiteError(f"the packages of {suite} have no {proof}")
            root.rename(place)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return place


def folder(suite, name):
    """Where that is, or will be."""
    return cache() / f"{name}-{suite}"


def argv(root, program):
    """Runs a program of that folder with the libraries of that folder."""
    libraries = root / LIBRARIES
    paths = [libraries, libraries / "pulseaudio", libraries / "systemd"]
    return [root / LOADER, "--library-path", ":".join(map(str, paths)),
            root / program]
