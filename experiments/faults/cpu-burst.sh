#!/usr/bin/env bash
# cpu-burst.sh BUSY_MS IDLE_MS: a job that computes for BUSY_MS, sleeps for IDLE_MS, and so on.
exec {never}<> <(:)
while :; do
  end=$((${EPOCHREALTIME/./} + $1 * 1000))
  while ((${EPOCHREALTIME/./} < end)); do :; done
  read -rt "0.$(printf %03d "$2")" -u "$never" || :
done
