# Shared by run, test and screenshots: what the program needs from the system. Sourced, not run.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

build_packages=(gcc libc6-dev ca-certificates)
window_packages=(libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libgl1 libegl1 mesa-vulkan-drivers)
headless_packages=(xvfb imagemagick x11-utils xdotool)
test_packages=(xauth openbox python3-venv strace)

# need_cargo [component...]: the Rust toolchain, with these parts of it.
need_cargo() {
  local oldest=1.95 have part
  if ! command -v cargo >/dev/null && [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
  fi
  if ! command -v cargo >/dev/null; then
    say "Rust is not installed. Get it with rustup (https://rustup.rs):"
    say "  sudo apt-get install -y curl"
    say "  curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal -c clippy -c rustfmt"
    say "  . \"\$HOME/.cargo/env\""
    die "Then start this script again."
  fi
  have=$(cd "$root" && cargo --version | cut -d' ' -f2)
  if [ "$(printf '%s\n' "$oldest" "$have" | sort -V | head -n1)" != "$oldest" ]; then
    die "Rust $have is too old, $oldest is needed: run 'rustup update stable' and start this script again."
  fi
  for part in "$@"; do
    (cd "$root" && cargo "$part" --version >/dev/null 2>&1) || {
      case $part in fmt) part=rustfmt ;; esac
      die "The toolchain has no $part: run 'rustup component add $part' and start this script again."
    }
  done
}

# need_packages WHAT_FOR PACKAGE...: installs those that are missing.
need_packages() {
  local what=$1 missing=() as_root=() package
  shift
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "This is neither Debian nor Ubuntu. If something is missing for $what, these are Debian's names: $*"
    return 0
  fi
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "Installing with apt, $what: ${missing[*]}"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "There is no sudo here. As root: apt-get install ${missing[*]}"
    as_root=(sudo)
    say "sudo may ask for your password."
  fi
  "${as_root[@]}" apt-get update -qq || say "apt-get update failed; trying with the lists that are there."
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 \
    || die "apt could not install ${missing[*]}"
}

# build_binary PROFILE: builds, and sets $binary.
build_binary() {
  local flag
  case $1 in
    release) flag=--release ;;
    dev) flag=--profile=dev ;;
    *) die "LABELWRIGHT_PROFILE is release or dev, not $1" ;;
  esac
  (cd "$root" && cargo build --locked "$flag" --bin labelwright >&2) || die "The build failed; the compiler said why above."
  local target=${CARGO_TARGET_DIR:-$root/target}
  case $1 in release) binary=$target/release/labelwright ;; dev) binary=$target/debug/labelwright ;; esac
}

# start_xvfb: an X server of its own; sets DISPLAY, $xvfb_pid and a private XDG_RUNTIME_DIR in $scratch.
start_xvfb() {
  scratch=$(mktemp -d)
  mkdir -m 700 "$scratch/runtime"
  Xvfb -displayfd 3 -screen 0 1400x900x24 -nolisten tcp -noreset 3>"$scratch/display" >"$scratch/xvfb.log" 2>&1 &
  xvfb_pid=$!
  local tries=0
  until [ -s "$scratch/display" ] && DISPLAY=:$(cat "$scratch/display") xdpyinfo >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ $tries -lt 200 ] && kill -0 $xvfb_pid 2>/dev/null || die "Xvfb did not start: $(cat "$scratch/xvfb.log")"
    sleep 0.1
  done
  export DISPLAY=:$(cat "$scratch/display") XDG_RUNTIME_DIR=$scratch/runtime
  unset WAYLAND_DISPLAY WAYLAND_SOCKET
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@"; do
    [ $SECONDS -lt $end ] || { say "Waited in vain until $what."; return 1; }
    sleep 0.2
  done
}

# picture_is_drawn: whether the middle of the screen shows a photo: a great many colours.
picture_is_drawn() {
  local colours
  colours=$(import -silent -window root -crop 400x300+480+300 png:- 2>/dev/null | convert png:- -format '%k' info: 2>/dev/null)
  [ "${colours:-0}" -gt 1000 ]
}
