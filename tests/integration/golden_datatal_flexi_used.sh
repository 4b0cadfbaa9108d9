#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A Datatal Flexi with everything in use is fine, from inside and from the DMZ, where the web proxy
# stands; each fault of the document is found, and nothing else changes.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/golden.bash
. "$here/golden.bash"
# shellcheck source=tests/integration/golden_datatal_flexi.bash
. "$here/golden_datatal_flexi.bash"
golden_needs setsid
golden_enter "$0" "$@"

flexi_begin

# --- inside, everything in use ----------------------------------------------------------

every="presentity,presentity-outside,mobile-app,operator,operator-outside,tid,external-site,\
admin-local,exchange,voice-manager,avaya-ip-office,panasonic-ns1000,mx-one,mitel-oip"
peers=(--peer=pbx=pbx.example --peer=oip=oip.example)
of_pbx=(tcp/50797 tcp/33333 tcp/80 tcp/5060)
site="$flexi_not_shown /mobile=200 /presentity=200 /api=200"
golden_web ports="80 443 4443 8080" headers="$flexi_hsts" redirect:80=yes plain:8080=yes redirect:8080=yes \
	paths:4443="$site" directives:443="$flexi_by_name $flexi_restricted"
golden_open tcp/5060 tcp/1337@loopback tcp/1339@loopback tcp/9692 tcp/13404 tcp/13317 "${of_pbx[@]/%/@pbx.example}" tcp/2809@oip.example
for port in 5060 50797 69 33333; do
	golden_udp "udp/$port@pbx.example" answers
done
golden_udp udp/5060 answers
golden_view inside --profile=datatal-flexi --feature="$every" "${peers[@]}" "${flexi_user[@]}"
golden_good inside

golden_fault "/admin is shown to everybody inside" inside \
	"golden_web directives:443='$flexi_by_name'" \
	"golden_web directives:443='$flexi_by_name $flexi_restricted'" \
	http/admin/admin-local=warning
for path in presentity tid; do
	golden_fault "/$path is gone" inside "golden_web paths:443='/$path=404 /tidweb=200'" \
		"golden_web paths:443=" "http/$path/web-$path=warning"
done
for path in mobile tidweb presentity api; do
	golden_fault "/$path is not on the external site" inside \
		"golden_web paths:4443='${site/"/$path=200"/"/$path=404"}'" "golden_web paths:4443='$site'" \
		"http/https-4443-$path/external-site-applications=warning"
done
for path in admin flexistat tid; do
	golden_fault "the external site shows /$path" inside \
		"golden_web paths:4443='${site/"$path=404"/"$path=200"}'" \
		"golden_web paths:4443='$site'" \
		"http/https-4443-$path/external-site-no-others=critical"
done
for fault in expired self_signed wrong_name; do
	golden_fault "the external site's certificate is $fault" inside \
		"golden_web certificate:4443=$fault" "golden_web certificate:4443=" \
		certificate/tcp-4443/external-site-certificate=critical
done
golden_fault "the external site is stopped" inside "golden_web 'ports=80 443 8080'" \
	"golden_web 'ports=80 443 4443 8080'" port/tcp-4443/external-site=warning \
	certificate/tcp-4443/external-site-certificate=not_applicable \
	'http/https-4443-*/external-site-applications=not_applicable'
for service in 9692=telephony-manager 13404=active-state 13317=exchange-connector; do
	port=${service%=*}
	golden_fault "nobody listens at $port" inside "golden_close tcp/$port" \
		"golden_open tcp/$port" "port/tcp-$port/${service#*=}=warning"
done
for service in tcp/5060=pbx-sip-tcp=warning udp/5060=pbx-sip-udp=critical \
	tcp/50797=avaya-tapi-tcp=warning udp/50797=avaya-tapi-udp=critical udp/69=avaya-tftp=critical \
	tcp/33333=panasonic-tapi-tcp=critical udp/33333=panasonic-tapi-udp=warning \
	tcp/80=mx-one-csta=critical; do
	port=${service%%=*}
	golden_fault "the PBX does not answer at $port" inside "golden_refuse pbx.example $port" \
		golden_nft_flush "port/${port/\//-}/${service#*=}"
done
golden_fault "the OIP server does not answer" inside "golden_close tcp/2809@oip.example" \
	"golden_open tcp/2809@oip.example" port/tcp-2809/oip-corba=critical
vendor=https-services.datatal.se
golden_fault "the voice manager is cut off" inside "golden_refuse services.datatal.se" \
	golden_nft_flush "reach/$vendor/license-server=critical" \
	"reach/$vendor/voice-manager=warning" "reach/$vendor/license-certificate=unknown"
golden_done inside

golden_view sweep --profile=datatal-flexi --scenario=sweep --feature="$every" \
	--family=4 "${flexi_user[@]}"
golden_good sweep
golden_fault "a port is open that no rule names" sweep "golden_open tcp/31337" \
	"golden_close tcp/31337" port/tcp-1-65535/sweep=critical
golden_done sweep

# --- from the DMZ, where the web proxy stands -----------------------------------------------

golden_view dmz --profile=datatal-flexi --vantage=dmz --feature="$every" "${peers[@]}" \
	"${flexi_proxy[@]}"
golden_good dmz
golden_fault "/admin can be reached from the DMZ" dmz \
	"golden_web directives:443='$flexi_by_name'" \
	"golden_web directives:443='$flexi_by_name $flexi_restricted'" http/admin/outside-admin=critical
golden_fault "/admin can be reached from the DMZ over HTTP" dmz \
	"golden_web directives:80='if (\$uri != /admin) { return 301 https://\$host/; }' redirect:80=" \
	"golden_web directives:80= redirect:80=yes" http/http-80-admin/outside-admin-plain=critical
for service in 9692=telephony-manager 13404=active-state; do
	port=${service%=*}
	golden_fault "the proxy does not reach $port" dmz "golden_close tcp/$port" \
		"golden_open tcp/$port" "port/tcp-$port/outside-${service#*=}=critical"
done

for check in tls/tcp-443/spoken http/root/bound-to-name 'http/*/php-version' 'http/http-80/*' \
	'http/http-8080*' 'port/tcp-133[79]/*' port/tcp-443/web-https port/udp-5060/sip-udp \
	port/tcp-5060/sip-tcp 'dns/*' 'reach/*/license-certificate'; do
	golden_never "$check" "golden_datatal_flexi.sh does"
done
golden_finish
