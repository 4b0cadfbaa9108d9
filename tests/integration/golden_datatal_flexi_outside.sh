#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the web proxy shows of a Datatal Flexi on the Internet is fine when it is all that users
# there need, and when it is nothing; each fault of the document is found, and nothing else changes.
set -u
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/integration/golden.bash
. "$here/golden.bash"
# shellcheck source=tests/integration/golden_datatal_flexi.bash
. "$here/golden_datatal_flexi.bash"
golden_needs setsid
golden_enter "$0" "$@"

flexi_begin

# --- nobody outside uses it ---------------------------------------------------------------

golden_view closed --profile=datatal-flexi --vantage=external "${flexi_stranger[@]}"
golden_good closed
golden_fault "a web server answers that shows nothing" closed \
	"golden_web ports=443 directives='return 404;'" "golden_web ports= directives=" \
	port/tcp-443/outside-web=critical
for page in mobile=critical presentity=warning api=warning tidweb=warning; do
	path=${page%=*}
	golden_fault "/$path is shown and nobody needs it" closed \
		"golden_web ports=443 directives='if (\$uri != /$path) { return 404; }'" \
		"golden_web ports= directives=" port/tcp-443/outside-web=critical \
		"http/$path/outside-$path=${page#*=}"
done
for service in 9692=telephony-manager 13404=active-state; do
	port=${service%=*}
	golden_fault "$port is forwarded and nobody needs it" closed "golden_open tcp/$port" \
		"golden_close tcp/$port" "port/tcp-$port/outside-${service#*=}=critical"
done
for type in AAAA=6 A=4; do
	golden_fault "the name has no IPv${type#*=} address" closed \
		"flexi_names '/^flexi.example. ${type%=*} /d'" flexi_names \
		dns/own-name/both-families=warning "*@${type#*=}=not_applicable"
done
golden_done closed

# --- everything that somebody outside may need -------------------------------------------------

shown="$flexi_not_shown /mobile=200 /presentity=200 /api=200"
golden_web ports="80 443" redirect:80=yes paths:443="$shown" directives="$flexi_by_name"
golden_open tcp/9692 tcp/13404
golden_view outside --profile=datatal-flexi --vantage=external "${flexi_stranger[@]}" \
	--feature=mobile-app,presentity-outside,operator-outside,api-outside,tid-booking
golden_good outside

golden_fault "the proxy does not forward HTTPS" outside "golden_web ports=80" \
	"golden_web 'ports=80 443'" port/tcp-443/outside-web=critical \
	'certificate/tcp-443/*=not_applicable' 'tls/tcp-443/*=not_applicable' \
	http/mobile/outside-mobile=unknown http/presentity/outside-presentity=unknown \
	http/api/outside-api=unknown http/tidweb/outside-tidweb=unknown
for service in 9692=telephony-manager 13404=active-state; do
	port=${service%=*}
	golden_fault "the proxy does not forward $port" outside "golden_close tcp/$port" \
		"golden_open tcp/$port" "port/tcp-$port/outside-${service#*=}=critical"
done
for page in mobile=critical presentity=warning api=warning tidweb=warning; do
	path=${page%=*}
	golden_fault "/$path is missing" outside \
		"golden_web paths:443='${shown/"/$path=200"/"/$path=404"}'" \
		"golden_web paths:443='$shown'" "http/$path/outside-$path=${page#*=}"
done
for page in admin=outside-admin flexistat=outside-inner-applications \
	tid=outside-inner-applications; do
	path=${page%=*}
	golden_fault "/$path can be reached" outside \
		"golden_web paths:443='${shown/"/$path=404"/"/$path=200"}'" \
		"golden_web paths:443='$shown'" "http/$path/${page#*=}=critical"
done
golden_fault "/admin can be reached over HTTP" outside \
	"golden_web redirect:80= directives:80='if (\$uri != /admin) { return 301 https://\$host/; }'" \
	"golden_web redirect:80=yes directives:80=" http/http-80-admin/outside-admin-plain=critical
golden_fault "HTTP serves the site" outside \
	"golden_web redirect:80= paths:80=/admin=404" "golden_web redirect:80=yes paths:80=" \
	http/http-80/redirect=critical http/http-80-admin/outside-admin-plain=not_applicable
golden_fault "HTTP serves the site to whoever asks by number" outside \
	"golden_web redirect:80= paths:80=/admin=404 directives:80='# any name'" \
	"golden_web redirect:80=yes paths:80= directives:80=" \
	http/http-80/redirect=critical http/http-80-admin/outside-admin-plain=not_applicable \
	http/http-80/bound-to-name=warning
golden_fault "HTTPS serves the site to whoever asks by number" outside \
	"golden_web directives:443='# any name'" "golden_web directives:443=" \
	http/root/bound-to-name=warning
for path in admin mobile tid tidweb; do
	golden_fault "PHP exposes itself at /$path" outside \
		"golden_web directives:443='$flexi_by_name location = /$path { \
			add_header X-Powered-By PHP/5.6.40 always; \
			return $([[ $shown == *"/$path=404"* ]] && echo 404 || echo 200); }'" \
		"golden_web directives:443=" "http/$path/php-version=warning"
done

for fault in expired=remaining,trusted not_yet=remaining,trusted self_signed=trusted \
	stranger=trusted incomplete=trusted wrong_name=name; do
	checks=${fault#*=}
	checks=${checks/,/=critical certificate/tcp-443/outside-certificate-}=critical
	# shellcheck disable=SC2086 # words
	golden_fault "the certificate is ${fault%=*}" outside \
		"golden_web certificate:443=${fault%=*}" "golden_web certificate:443=" \
		certificate/tcp-443/outside-certificate-$checks
done
for version in TLSv1 TLSv1.1; do
	golden_fault "$version is ticked in the proxy" outside \
		"golden_web 'versions:443=$version TLSv1.2' ciphers:443=ECDHE-ECDSA-AES128-SHA:ECDHE+AESGCM" \
		"golden_web versions:443= ciphers:443=" tls/tcp-443/outside-tls-versions=critical
done
golden_fault "the proxy offers a suite that does not encrypt" outside \
	"golden_web ciphers:443=AECDH-NULL-SHA:ECDHE+AESGCM" "golden_web ciphers:443=" \
	tls/tcp-443/outside-tls-weak-suites=critical

for port in tcp/5060 udp/5060 tcp/50797 udp/50797 tcp/33333 udp/33333 tcp/2809 tcp/13317; do
	open="golden_open $port" close="golden_close $port"
	[[ $port == tcp/* ]] || open="golden_udp $port answers" close="golden_udp $port refused"
	golden_fault "the interface $port can be reached" outside "$open" "$close" \
		"port/${port/\//-}/outside-interfaces=critical"
done
for port in 1337 1339; do
	golden_fault "CTStack can be reached at $port" outside "golden_open tcp/$port" \
		"golden_close tcp/$port" "port/tcp-$port/ctstack-closed=critical"
done
golden_fault "the external site can be reached beside the proxy" outside \
	"golden_web 'ports=80 443 4443' paths:4443='$shown'" \
	"golden_web 'ports=80 443' paths:4443=" port/tcp-4443/outside-external-site=warning
golden_fault "the external site can be reached beside the proxy over HTTP" outside \
	"golden_web 'ports=80 443 8080' plain:8080=yes redirect:8080=yes" \
	"golden_web 'ports=80 443' plain:8080= redirect:8080=" \
	port/tcp-8080/outside-external-site=warning
for path in admin flexistat tid; do
	golden_fault "and shows /$path" outside \
		"golden_web 'ports=80 443 4443' paths:4443='${shown/"/$path=404"/"/$path=200"}'" \
		"golden_web 'ports=80 443' paths:4443=" port/tcp-4443/outside-external-site=warning \
		"http/https-4443-$path/external-site-no-others=critical"
	golden_fault "and shows /$path over HTTP" outside \
		"golden_web 'ports=80 443 8080' plain:8080=yes \
			directives:8080='if (\$uri != /$path) { return 301 https://\$host/; }'" \
		"golden_web 'ports=80 443' plain:8080= directives:8080=" \
		port/tcp-8080/outside-external-site=warning \
		"http/http-8080-$path/external-site-no-others-plain=critical"
done
golden_finish
