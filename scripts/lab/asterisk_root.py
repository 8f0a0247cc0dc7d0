"""Debian's Asterisk 22 with its recorded sounds in English and Spanish, unpacked into the cache folder."""

import subprocess

from lab.terminal import LabError, say
from lab.unpacked import Recipe, Unpacked

PACKAGES = ("asterisk", "asterisk-core-sounds-en-wav", "asterisk-core-sounds-es-wav")

# What only modules need that a lab has no use for (fax, ODBC, calendars, SNMP ...), and what packages want at
# installation. A module that misses a library is put aside, see below.
WITHOUT = (
    "perl|libperl|libgdbm|gnupg|gpg|dirmngr|pinentry|libassuan|libgpgme|libgmime|libksba|libnpth|libicu|libcodec2"
    "|libsnmp|libsensors|libpci|pci\\.ids|libnl-|libudev|libwrap|libglib2|libffi|libmount|libblkid|libpcre2"
    "|libgnutls|libp11|libtasn1|libnettle|libhogweed|libgmp|passwd|login|adduser|debconf|libdebconf|base-passwd"
    "|libpam|libaudit|libdb5|libsemanage|libsepol|libselinux|libcap-ng|libbz2|libacl|libjack|libsamplerate"
    "|libasound|libportaudio|libpq|libradcli|libiksemel|libical|liblua|libneon|libntlm|libodbc|libltdl|libsybdb"
    "|freetds|libspandsp|libtiff|libjpeg|libjbig|libwebp|libsharpyuv|libLerc|liblerc|libdeflate|liblzma"
    "|libunbound|libevent|libvorbis|libogg|libopusfile|libopusenc|libopencore|libvo-|libgcrypt|libgpg-error"
    "|libreadline|readline-common|libncursesw|libc-gconv|tzdata|libatomic|libresample"
)

SOUNDS = "usr/share/asterisk/sounds"


def _finish(unpacked: Unpacked) -> None:
    _name_sounds(unpacked)
    _put_aside_modules_that_miss_libraries(unpacked)
    version = subprocess.run(
        [*unpacked.command("usr/sbin/asterisk"), "-V"], capture_output=True, text=True, check=False
    )
    if version.returncode:
        raise LabError(f"the unpacked Asterisk does not run on this machine: {version.stderr.strip()}")
    say(f"{version.stdout.strip()} is ready")


def _name_sounds(unpacked: Unpacked) -> None:
    """Asterisk looks for `en` and `es`; Debian names the folders after the speakers."""
    folder = unpacked.root / SOUNDS
    for language in ("en", "es"):
        speakers = sorted(path.name for path in folder.glob(f"{language}_*") if path.is_dir())
        if speakers and not (folder / language).exists():
            (folder / language).symlink_to(speakers[0])


def _put_aside_modules_that_miss_libraries(unpacked: Unpacked) -> None:
    modules = unpacked.libraries / "asterisk/modules"
    aside = unpacked.libraries / "asterisk/modules.aside"
    aside.mkdir()
    for module in sorted(modules.glob("*.so")):
        if not _has_its_libraries(unpacked, module.relative_to(unpacked.root).as_posix()):
            module.rename(aside / module.name)


def _has_its_libraries(unpacked: Unpacked, module: str) -> bool:
    """Strict: what the loader finds on the host instead of in the unpacked folder counts as missing."""
    loader, *rest = unpacked.command(module)
    listed = subprocess.run([loader, "--list", *rest], capture_output=True, text=True, check=False)
    return not listed.returncode and not any(bad in listed.stdout for bad in ("=> not found", "=> /lib/", "=> /usr/"))


RECIPE = Recipe("asterisk", PACKAGES, _finish, without=WITHOUT)


def asterisk_root() -> Unpacked:
    return RECIPE.made()
