# Runs a server in DIRECTORY until stdin closes: keep BINARIES DIRECTORY PORT
# Says `ready` on stdout when the server answers; whatever goes wrong is on stderr.
# A line `stop MODE`, `start`, `pause` or `resume` on stdin does that, and is answered `ready` when it is done.
binaries=$1 directory=$2 port=$3
cd "$directory" || exit

# Postgres refuses to run as root.
server() { program=$1; shift; "$binaries/$program" "$@"; }
if [ "$(id -u)" = 0 ]; then
    chown postgres . || exit
    server() { program=$1; shift; setpriv --reuid=postgres --regid=postgres --init-groups "$binaries/$program" "$@"; }
fi

# The server and its children: stopped in this order, none is born unseen.
everyone() {
    read -r pid < data/postmaster.pid
    kill "$1" "$pid"
    for child in $(cat "/proc/$pid/task/$pid/children"); do kill "$1" "$child" || true; done
}

stop() {
    if [ -e data/postmaster.pid ]; then everyone -CONT; fi
    if [ -e data/postmaster.pid ]; then server pg_ctl stop -D data -m immediate; fi
    cd / && rm -rf "$directory"
}
trap 'stop >&2' EXIT
trap 'exit 1' HUP INT TERM

# Nothing has to survive a crash before the first database exists; after that every commit does: fsync stays on.
server initdb -D data --username=postgres --auth=trust --encoding=UTF8 --no-locale --no-sync >/dev/null || exit
start() {
    server pg_ctl start -D data -t 60 -l log -o "-h 127.0.0.1 -p $port -k '$directory' -N 200" >&2 ||
        { cat log >&2; exit 1; }
}
start
echo ready
while read -r word mode; do
    case $word in
    start) start ;;
    pause) everyone -STOP ;;
    resume) everyone -CONT ;;
    stop) server pg_ctl stop -D data -t 60 -m "$mode" >&2 || exit ;;
    esac
    echo ready
done
