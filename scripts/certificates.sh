#!/usr/bin/env bash
# Makes certificates to try TLS with: a CA, one broker certificate for all hosts, one for a client.
#
#   scripts/certificates.sh DIRECTORY [HOST...]
#
# Hosts are names or addresses under which brokers are reached; localhost and 127.0.0.1 always count.
# DIRECTORY then has
#   ca.pem  ca.key               the CA: trust the first, guard the second
#   broker.pem  client.pem       key and certificates, for ssl.keystore.type=PEM
#   broker.p12  client.p12       the same as PKCS12
#   truststore.p12               the CA as a Java trust store (with keytool only)
#   broker.jks client.jks truststore.jks   the same as JKS (with keytool only)
#   broker.properties client.properties    settings to put into server.properties and --command-config
# The password of the stores is the content of DIRECTORY/password, made anew unless PASSWORD is set.
# What is there already stays, so that a second run adds nothing but what is missing.
set -euo pipefail

if [[ $# -lt 1 || $1 == -* ]]; then
  sed -n '2,/^set -/p' "$0" | sed '$d; s/^# \{0,1\}//'
  exit 2
fi
directory=$1
shift
mkdir -p "$directory"
cd "$directory"
umask 077
days=${DAYS:-3650}

[[ -s password ]] || printf '%s' "${PASSWORD:-$(openssl rand -hex 16)}" >password
password=$(cat password)

names="DNS:localhost,IP:127.0.0.1,IP:::1"
for host in "$@"; do
  if [[ $host == localhost || $host == 127.0.0.1 || $host == ::1 ]]; then continue; fi
  if [[ $host =~ ^[0-9]+(\.[0-9]+){3}$ || $host == *:* ]]; then
    names+=",IP:$host"
  else
    names+=",DNS:$host"
  fi
done

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2>/dev/null; }

if [[ ! -s ca.pem ]]; then
  new_key ca.key
  openssl req -x509 -new -key ca.key -sha256 -days "$days" -subj "/O=Odradek/CN=Test CA" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -out ca.pem
fi

# certificate NAME SUBJECT ALTERNATIVE_NAMES
certificate() {
  local name=$1 subject=$2 alternative=$3
  if [[ -s $name.pem ]]; then return; fi
  new_key "$name.key"
  openssl req -new -key "$name.key" -subj "$subject" -out "$name.csr"
  {
    echo "basicConstraints=CA:FALSE"
    echo "keyUsage=critical,digitalSignature"
    echo "extendedKeyUsage=serverAuth,clientAuth"
    if [[ -n $alternative ]]; then echo "subjectAltName=$alternative"; fi
  } >"$name.ext"
  openssl x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -sha256 \
    -days "$days" -extfile "$name.ext" -out "$name.crt" 2>/dev/null
  cat "$name.key" "$name.crt" ca.pem >"$name.pem"
  openssl pkcs12 -export -name "$name" -inkey "$name.key" -in "$name.crt" -certfile ca.pem \
    -passout file:password -out "$name.p12"
  rm -f "$name.csr" "$name.ext" "$name.crt" "$name.key"
}

certificate broker "/O=Odradek/OU=Brokers/CN=broker" "$names"
certificate client "/O=Odradek/OU=Clients/CN=client" ""

if command -v keytool >/dev/null; then
  for type in PKCS12:p12 JKS:jks; do
    store=truststore.${type#*:}
    [[ -s $store ]] || keytool -importcert -noprompt -alias ca -file ca.pem -keystore "$store" \
      -storetype "${type%:*}" -storepass "$password" >/dev/null 2>&1
  done
  for name in broker client; do
    [[ -s $name.jks ]] || keytool -importkeystore -noprompt -srckeystore "$name.p12" \
      -srcstoretype PKCS12 -srcstorepass "$password" -destkeystore "$name.jks" \
      -deststoretype JKS -deststorepass "$password" >/dev/null 2>&1
  done
fi

here=$(pwd)
for name in broker client; do
  {
    if [[ $name == client ]]; then echo "security.protocol=SSL"; fi
    echo "ssl.keystore.type=PEM"
    echo "ssl.keystore.location=$here/$name.pem"
    echo "ssl.truststore.type=PEM"
    echo "ssl.truststore.location=$here/ca.pem"
  } >"$name.properties"
done
echo "Certificates for $names are in $here"
