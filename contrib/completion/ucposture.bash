# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion for ucposture. What can be typed is the program's own business: it reads its
# tables, the profiles and the configuration, and answers with a line for each candidate.

_ucposture()
{
	local cur words cword line answers=()
	_get_comp_words_by_ref -n '=:' cur words cword

	mapfile -t answers < <("${words[0]}" --complete "${words[@]:1:cword}" 2>/dev/null)
	COMPREPLY=()
	for line in "${answers[@]}"; do
		case $line in
		:files) _ucposture_paths "$cur" -f ;;
		:folders) _ucposture_paths "$cur" -d ;;
		*) COMPREPLY+=("$line") ;;
		esac
	done
	# What ends in = goes on.
	[[ ${COMPREPLY[*]} == *= && ${#COMPREPLY[@]} -eq 1 ]] && compopt -o nospace
	_ucposture_trim "$cur"
}

# Paths behind the = of an option, or as they stand.
_ucposture_paths()
{
	local before='' path=$1
	[[ $1 == --*=* ]] && before=${1%%=*}= path=${1#*=}
	compopt -o filenames 2>/dev/null
	local found
	while IFS= read -r found; do
		COMPREPLY+=("$before$found")
	done < <(compgen "$2" -- "$path")
}

# Readline replaces only what stands behind the last break character.
_ucposture_trim()
{
	local break prefix='' i
	for break in = :; do
		if [[ $1 == *"$break"* && $COMP_WORDBREAKS == *"$break"* ]]; then
			local candidate=${1%"${1##*"$break"}"}
			((${#candidate} > ${#prefix})) && prefix=$candidate
		fi
	done
	for i in "${!COMPREPLY[@]}"; do
		COMPREPLY[i]=${COMPREPLY[i]#"$prefix"}
	done
}

complete -F _ucposture ucposture
