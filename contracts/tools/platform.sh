# The program of a Foundry package: npm keeps it in a package of its own for each platform.
platform_program() { # contracts' folder, forge | anvil | cast
    local os arch program
    case "$(uname -s)" in Darwin) os=darwin ;; *) os=linux ;; esac
    case "$(uname -m)" in arm64 | aarch64) arch=arm64 ;; *) arch=amd64 ;; esac
    program=$1/node_modules/@foundry-rs/$2-$os-$arch/bin/$2
    [ -x "$program" ] || { echo "$program is missing: run npm ci in $1" >&2; return 1; }
    echo "$program"
}
