# Runs a server for as long as standard input stays open: until its owner lets go of it, or is gone.
# $1: a directory to remove afterwards, or nothing. $2: where its log goes. The rest: the server.
directory=$1
log=$2
shift 2
"$@" 2>"$log" &
# Only the server writes to standard output.
exec >&-
cat >/dev/null
kill "$!" 2>/dev/null
wait "$!"
code=$?
if [ -n "$directory" ]; then
    rm -rf -- "$directory"
fi
exit "$code"
