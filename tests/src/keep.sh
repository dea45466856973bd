# Runs a server for as long as standard input stays open: until its owner lets go of it, or is gone.
# $1: a directory to remove afterwards, or nothing. $2: where its log goes. The rest: the server.
# Each line of standard input is a signal for the server.
directory=$1
log=$2
shift 2
"$@" 2>"$log" &
# Only the server writes to standard output.
exec >&-
while read -r signal; do
    kill "-$signal" "$!"
done
kill "$!" 2>/dev/null
wait "$!" 2>/dev/null
code=$?
if [ -n "$directory" ]; then
    rm -rf -- "$directory"
fi
exit "$code"
