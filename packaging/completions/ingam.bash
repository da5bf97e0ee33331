# ingam.bash - completion of ingam(1) for bash.
#
# Belongs here: asking the program itself what it can do, so that nothing is
# written twice.
# Not here: zsh (_ingam).

# The program's answer, in the one language that is read here.
_ingam_help() { LC_ALL=C "$@" --help 2>/dev/null; }

# The words that may follow: _ingam_words COMMAND [WORD …], the last one being
# typed. Lines "files" and "folders" stand for names of such.
_ingam_words() {
	local program=$1 help commands value before words
	shift
	commands=$(_ingam_help "$program" | sed -n 's/^  ingam //p')
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
	value=$(printf '%s\n' "$help" | sed -n "s/^  $before \\([A-Z0-9]*\\)  *\\(.*\\)/\\1 \\2/p" | head -n 1)
	case $value in
	FILE\ *) echo files ;;
	FOLDER\ *) echo folders ;;
	FORM\ * | CIPHER\ *) printf '%s\n' "$value" | sed 's/^[^:]*: //; s/;.*//' | tr -d ' ' | tr ',' '\n' ;;
	?*) ;;
	*)
		printf '%s\n' "$help" | sed -n 's/^  \(--[a-z0-9-]*\).*/\1/p'
		printf '%s\n' --help --version
		# Which certificate: its number, or its folder.
		if printf '%s\n' "$help" | grep -q '^  CERTIFICATE '; then
			LC_ALL=C "$program" cert list 2>/dev/null </dev/null | cut -f 1
			echo folders
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
