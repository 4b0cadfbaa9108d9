# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# An authority for tests of TLS: root, issuing authority, and leaves with every fault. Sourced
# behind tls_servers.bash; all of it lands in $tls_place/ca: NAME.key, NAME.pem (the leaf),
# NAME.chain.pem (as a server shows it).
#   tls_authority                            makes root and issuing, and dh.pem
#   tls_certificate NAME KEY SAN [FROM TO [ISSUER [OPTION...]]]
#   tls_faulty_certificate NAME FAULT SAN    expired, not_yet, self_signed, stranger, wrong_name,
#                                            incomplete
# KEY is an argument of `openssl genpkey -algorithm` with its options; FROM and TO are
# YYYYMMDDHHMMSSZ or "" for now and a year.

tls_authority_configure() {
	cat >"$tls_place/ca/ca.cnf" <<CONF
[ca]
default_ca = authority
[authority]
new_certs_dir = $tls_place/ca/issued
database = $tls_place/ca/index
rand_serial = yes
default_md = sha256
default_days = 365
unique_subject = no
copy_extensions = copy
policy = any
[any]
commonName = supplied
organizationName = optional
[authority_extensions]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf_extensions]
basicConstraints = CA:false
extendedKeyUsage = serverAuth,clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client_only]
basicConstraints = CA:false
extendedKeyUsage = clientAuth
CONF
}

tls_key() { # NAME ALGORITHM OPTION...
	local name=$1 algorithm=$2 options=() option
	shift 2
	for option in "$@"; do
		options+=(-pkeyopt "$option")
	done
	openssl genpkey -quiet -algorithm "$algorithm" "${options[@]}" \
		-out "$tls_place/ca/$name.key" 2>/dev/null \
		|| openssl genpkey -algorithm "$algorithm" "${options[@]}" \
			-out "$tls_place/ca/$name.key" 2>/dev/null
	chmod 644 "$tls_place/ca/$name.key"
}

tls_authority() {
	local ca=$tls_place/ca
	mkdir -p "$ca/issued"
	: >"$ca/index"
	tls_authority_configure
	tls_dh_parameters
	tls_key root RSA rsa_keygen_bits:2048
	openssl req -x509 -new -config "$ca/ca.cnf" -extensions authority_extensions -days 3650 \
		-key "$ca/root.key" -subj "/O=Test/CN=Test Root" -out "$ca/root.pem"
	tls_key issuing RSA rsa_keygen_bits:2048
	tls_sign issuing "/O=Test/CN=Test Issuing" "" "" "" root -extensions authority_extensions
	tls_key stranger RSA rsa_keygen_bits:2048
	openssl req -x509 -new -config "$ca/ca.cnf" -extensions authority_extensions -days 3650 \
		-key "$ca/stranger.key" -subj "/O=Test/CN=Nobody's Root" -out "$ca/stranger.pem"
}

# No group that TLS 1.3 or RFC 7919 knows.
tls_dh_parameters() {
	openssl genpkey -genparam -algorithm DH -pkeyopt group:modp_2048 \
		-out "$tls_place/ca/dh.pem" 2>/dev/null
}

tls_sign() { # NAME SUBJECT SAN FROM TO ISSUER OPTION...
	local name=$1 subject=$2 san=$3 from=$4 to=$5 issuer=$6 ca=$tls_place/ca dates=()
	shift 6
	[ -n "$from" ] && dates+=(-startdate "$from")
	[ -n "$to" ] && dates+=(-enddate "$to")
	openssl req -new -key "$ca/$name.key" -subj "$subject" ${san:+-addext "subjectAltName=$san"} \
		-out "$ca/$name.csr" 2>>"$ca/log" || return 1
	openssl ca -batch -config "$ca/ca.cnf" -notext -in "$ca/$name.csr" -out "$ca/$name.pem" \
		-cert "$ca/$issuer.pem" -keyfile "$ca/$issuer.key" "${dates[@]}" "$@" 2>>"$ca/log"
}

tls_certificate() { # NAME KEY SAN FROM TO ISSUER OPTION...
	local name=$1 key san=$3 from=${4-} to=${5-} issuer=${6:-issuing} ca=$tls_place/ca
	read -r -a key <<<"$2"
	shift $(($# < 6 ? $# : 6))
	tls_key "$name" "${key[@]}"
	[ $# -gt 0 ] || set -- -extensions leaf_extensions
	tls_sign "$name" "/CN=pbx.example" "$san" "$from" "$to" "$issuer" "$@" || {
		echo "no certificate $name:"
		tail -n 3 "$ca/log"
		exit 1
	}
	cat "$ca/$name.pem" >"$ca/$name.chain.pem"
	[ "$issuer" != issuing ] || cat "$ca/issuing.pem" >>"$ca/$name.chain.pem"
}

tls_self_signed() { # NAME SAN
	local ca=$tls_place/ca
	tls_key "$1" RSA rsa_keygen_bits:2048
	openssl req -x509 -new -key "$ca/$1.key" -subj "/CN=pbx.example" -days 365 \
		-addext "subjectAltName=$2" -out "$ca/$1.pem"
	cp "$ca/$1.pem" "$ca/$1.chain.pem"
}

# With one fault, by its word, or with none.
tls_faulty_certificate() { # NAME FAULT SAN
	local curve="EC ec_paramgen_curve:P-256"
	case $2 in
	expired) tls_certificate "$1" "$curve" "$3" 20240101000000Z 20250101000000Z ;;
	not_yet) tls_certificate "$1" "$curve" "$3" 20490101000000Z 20491231000000Z ;;
	self_signed) tls_self_signed "$1" "$3" ;;
	stranger) tls_certificate "$1" "$curve" "$3" "" "" stranger ;;
	wrong_name) tls_certificate "$1" "$curve" "DNS:elsewhere.example" ;;
	incomplete)
		tls_certificate "$1" "$curve" "$3"
		cp "$tls_place/ca/$1.pem" "$tls_place/ca/$1.chain.pem"
		;;
	*) tls_certificate "$1" "$curve" "$3" ;;
	esac
}

# An OCSP response for a leaf of issuing, in DER: NAME.ocsp. STATE: good, revoked or unknown.
tls_staple() { # NAME STATE
	local ca=$tls_place/ca serial line=V
	serial=$(openssl x509 -in "$ca/$1.pem" -noout -serial)
	serial=${serial#serial=}
	: >"$ca/$1.index"
	if [ "$2" != unknown ]; then
		[ "$2" = good ] || line=R
		printf '%s\t%s\t%s\t%s\tunknown\t/CN=pbx.example\n' "$line" 391231235959Z \
			"$([ "$2" = revoked ] && echo 250101000000Z)" "$serial" >"$ca/$1.index"
	fi
	openssl ocsp -issuer "$ca/issuing.pem" -cert "$ca/$1.pem" -reqout "$ca/$1.ocspq" \
		-no_nonce >>"$ca/log" 2>&1
	openssl ocsp -index "$ca/$1.index" -CA "$ca/issuing.pem" -rsigner "$ca/issuing.pem" \
		-rkey "$ca/issuing.key" -reqin "$ca/$1.ocspq" -respout "$ca/$1.ocsp" \
		-ndays 7 >>"$ca/log" 2>&1
}
