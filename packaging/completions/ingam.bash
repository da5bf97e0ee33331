# ingam.bash - completion of ingam(1) for bash.
#
# Belongs here: asking the program itself what it can do, so that nothing is
# written twice.
# Not here: zsh (_ingam).
#
# Installed, in share/bash-completion/completions, it needs nothing else; from a
# clone: . packaging/completions/ingam.bash

# The program's answer, in the one language that is read here; a text that goes
# on in the next lines is made one.
_ingam_help() {
	LC_ALL=C "$@" --help 2>/dev/null | awk '
	/^         / { sub(/^ +/, " "); line = line $0; next }
	NR > 1 { print line } { line = $0 } END { print line }'
}

# Which certificate: its number in the list that is looked at, or its folder,
# which whoever means it begins to type.
_ingam_certificates() {
	local program=$1 typed=${*: -1} root=() numbers
	shift
	while [ $# -gt 1 ]; do
		[ "$1" != --root ] || { [ "$2" != = ] || shift; root=(--root "${2/#\~/$HOME}"); }
		shift
	done
	numbers=$(LC_ALL=C "$program" cert list "${root[@]}" 2>/dev/null </dev/null | cut -f 1)
	[ -z "$numbers" ] || printf '%s\n' "$numbers"
	[ -n "$numbers" ] && [ -z "$typed" ] || echo folders
}

# The words that may follow: _ingam_words COMMAND [WORD …], the last one being
# typed. Lines "files" and "folders" stand for names of such.
_ingam_words() {
	local program=$1 help commands value before words
	shift
	commands=$(_ingam_help "$program" | sed -n 's/^  ingam \([a-z-]*\( [a-z][a-z-]*\)\{0,1\}\)  .*/\1/p')
	[ $# -gt 1 ] || {
		printf '%s\n' "$commands" | sed 's/ .*//' | sort -u
		printf '%s\n' --help --version
		return
	}
	if printf '%s\n' "$commands" | grep -qxF -- "$1"; then
		words=1
	elif [ $# = 2 ]; then
		printf '%s\n' "$commands" | sed -n "s/^$1 //p"
		return
	else
		words=2
	fi
	help=$(_ingam_help "$program" "${@:1:words}")
	before=${*: -2:1}
	[[ $before = --* ]] || before=--
	value=$(printf '%s\n' "$help" | sed -n "s/^  $before \\([A-Z0-9]*\\)  *\\(.*\\)/\\1 \\2/p" | head -n 1)
	case $value in
	FILE\ * | PATH\ *) echo files ;;
	FOLDER\ *) echo folders ;;
	CERTIFICATE\ *) _ingam_certificates "$program" "$@" ;;
	FORM\ * | CIPHER\ *) printf '%s\n' "$value" | sed 's/^[^:]*: //; s/;.*//' | tr -d ' ' | tr ',' '\n' ;;
	?*) ;;
	*)
		printf '%s\n' "$help" | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p'
		printf '%s\n' --help --version
		if printf '%s\n' "$help" | grep -q '^  CERTIFICATE '; then
			_ingam_certificates "$program" "$@"
		elif printf '%s\n' "$help" | grep -q '^  FOLDER '; then
			echo folders
		elif printf '%s\n' "$help" | grep -q '^  FILE '; then
			echo files
		fi
		;;
	esac
}

_ingam() {
	local word=${COMP_WORDS[COMP_CWORD]} words
	words=$(_ingam_words "${COMP_WORDS[@]:0:COMP_CWORD+1}")
	mapfile -t COMPREPLY < <(compgen -W "$(printf '%s\n' "$words" | grep -vxE 'files|folders')" -- "$word")
	case $word in
	-*) return ;;
	esac
	compopt -o filenames 2>/dev/null
	case $words in
	*files*) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$word") ;;
	*folders*) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$word") ;;
	esac
}
complete -F _ingam ingam
