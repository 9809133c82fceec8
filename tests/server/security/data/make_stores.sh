#!/usr/bin/env bash
# Made the files beside it, once, with OpenSSL 3.0 and the JDK 17's keytool; tests do not run it.
# Valid from 2020 for a hundred years, so that clocks do not matter.
set -euo pipefail
cd "$(dirname "$0")"
rm -f ./*.jks ./*.p12 ./*.pem
java_store() { keytool "$@" -storepass storepass >/dev/null 2>&1; }
start=(-startdate "2020/01/01 00:00:00" -validity 36500)

# A CA, and a broker and a client that it vouches for, all in one working store.
ec=(-keyalg EC -groupname secp256r1)
java_store -genkeypair -keystore work.jks -storetype PKCS12 -alias ca "${ec[@]}" "${start[@]}" \
  -dname "CN=Test CA,O=Odradek" -ext bc:c=ca:true -ext ku:c=keyCertSign
java_store -exportcert -rfc -keystore work.jks -alias ca -file ca.pem
for name in broker client; do
  java_store -genkeypair -keystore work.jks -storetype PKCS12 -alias $name "${ec[@]}" \
    "${start[@]}" -dname "CN=$name,OU=Tests,O=Odradek,L=Prag,ST=Bohemia,C=CZ"
  java_store -certreq -keystore work.jks -alias $name -file $name.csr
  java_store -gencert -rfc -keystore work.jks -alias ca -infile $name.csr -outfile $name.crt \
    "${start[@]}" -ext "san=dns:localhost,dns:$name.example.com,ip:127.0.0.1"
  cat $name.crt ca.pem >chain.crt
  java_store -importcert -noprompt -keystore work.jks -alias $name -file chain.crt
done

# The same entries in every format. JKS has a password for the key and one for the store.
for name in broker client; do
  keytool -importkeystore -noprompt -srckeystore work.jks -srcstorepass storepass -srcalias $name \
    -destkeystore $name.jks -deststoretype JKS -deststorepass storepass -destkeypass keypass \
    >/dev/null 2>&1
done
import=(-importkeystore -noprompt -srckeystore work.jks -srcstorepass storepass -srcalias broker
  -deststoretype PKCS12 -deststorepass storepass)
keytool "${import[@]}" -destkeystore keytool.p12 >/dev/null 2>&1
keytool -J-Dkeystore.pkcs12.legacy "${import[@]}" -destkeystore keytool-legacy.p12 >/dev/null 2>&1
for name in broker client; do
  openssl pkcs12 -in <(keytool -importkeystore -noprompt -srckeystore work.jks -srcstorepass \
    storepass -srcalias $name -destkeystore $name.tmp -deststoretype PKCS12 -deststorepass \
    storepass >/dev/null 2>&1; cat $name.tmp) -passin pass:storepass -nodes -nocerts 2>/dev/null |
    openssl pkcs8 -topk8 -nocrypt -out $name.key
  openssl pkcs8 -topk8 -in $name.key -passout pass:keypass -out $name-enciphered.key
  cat $name.key $name.crt ca.pem >$name.pem
  cat ca.pem $name.crt $name-enciphered.key >$name-enciphered.pem
done
openssl pkcs12 -export -inkey broker.key -in broker.crt -certfile ca.pem \
  -passout pass:storepass -out openssl.p12
openssl pkcs12 -export -inkey broker.key -in broker.crt -passout pass: -out no-password.p12
openssl ec -in broker.key -out traditional.key 2>/dev/null
cat traditional.key broker.crt >traditional.pem
cat client.key broker.crt >mismatched.pem
for type in JKS:jks PKCS12:p12; do
  keytool -importcert -noprompt -alias ca -file ca.pem -keystore truststore.${type#*:} \
    -storetype ${type%:*} -storepass storepass >/dev/null 2>&1
done

# A subject with all that needs care, multi-valued and with types that have no keyword.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout odd.key -utf8 \
  -multivalue-rdn -days 36500 -subj \
  '/C=DE/DC=example/emailAddress=a@b.c/title=Dr/O= Two  Spaces /OU=a,b=c#d"e\\f<g>;h/L=Köln/serialNumber=7/UID=u1+CN=Jo \+ Co' \
  -out odd.pem 2>/dev/null
# One that nobody vouches for.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout stranger.key -days 36500 \
  -subj "/O=Odradek/CN=stranger" -out stranger.crt 2>/dev/null
cat stranger.key stranger.crt >stranger.pem
rm -f ./*.tmp ./*.csr ./*.crt ./*.key work.jks ca.key
