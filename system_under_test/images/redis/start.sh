#!/bin/sh
# The password goes in by standard input: an argument would show in the process list.
set -eu
: "${REDIS_PASSWORD:?set it in the environment}"
case $REDIS_PASSWORD in
  *[!A-Za-z0-9_.~-]*) echo "REDIS_PASSWORD: letters, digits and _ . ~ - only, as it is part of an address" >&2; exit 2 ;;
esac
exec redis-server - <<CONF
include /etc/redis/redis.conf
requirepass $REDIS_PASSWORD
CONF
