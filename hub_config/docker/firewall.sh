#!/bin/sh
# Keep containers of the network joulebook0 from the address range where clouds hand out credentials of the machine.
# Docker keeps what stands in its chain DOCKER-USER; a restart of the machine does not: run this at every start.
set -eu
for range in 169.254.0.0/16 100.100.100.200/32; do
  iptables -C DOCKER-USER -i joulebook0 -d "$range" -j REJECT 2>/dev/null ||
    iptables -I DOCKER-USER -i joulebook0 -d "$range" -j REJECT
  iptables -C INPUT -i joulebook0 -d "$range" -j REJECT 2>/dev/null ||
    iptables -I INPUT -i joulebook0 -d "$range" -j REJECT
done
