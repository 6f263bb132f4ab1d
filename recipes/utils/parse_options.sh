# Sourced by run.sh after its settings. Every variable that run.sh has set so far in a line of its own, `seed=0  # comment`, becomes an
# option: --seed 1 or --seed=1; underscores turn into dashes, and --dry-run alone means true. An unknown option stops with the nearest
# name. Settings are exported, so that stages see them. What run.sh calls next is run_stages, at the end of this file.
# shellcheck shell=bash disable=SC2154

recipe_script=./$(basename "${BASH_SOURCE[1]}")   # run.sh works in its own folder
command_line=$(printf '%q ' "$recipe_script" "$@")
help=false
settings=()
while IFS= read -r line; do
    [[ $line == *parse_options.sh* ]] && break
    [[ $line =~ ^([a-z][a-z0-9_]*)= ]] && settings+=("${BASH_REMATCH[1]}")
done < "$recipe_script"

usage_error() {
    echo "run.sh: $* (./run.sh --help lists the options)" >&2
    exit 2
}

while [ $# -gt 0 ]; do
    option=$1 inline=false
    shift
    case $option in
        -h | --help) help=true; continue ;;
        --*=*) value=${option#*=} option=${option%%=*} inline=true ;;
        --*) value= ;;
        *) usage_error "unexpected argument '$option'; options begin with --" ;;
    esac
    variable=${option#--}
    variable=${variable//-/_}
    if [[ " ${settings[*]} " != *" $variable "* ]]; then
        usage_error "no option $option; $(python -m tts.recipe nearest "${variable//_/-}" "${settings[@]//_/-}")"
    fi
    boolean=false
    [[ ${!variable} != true && ${!variable} != false ]] || boolean=true
    if [ $inline = false ]; then   # the value is the next word; a boolean needs none
        if [ $boolean = true ] && [[ ${1:-} != true && ${1:-} != false ]]; then
            value=true
        else
            [ $# -gt 0 ] || usage_error "$option needs a value"
            value=$1
            shift
        fi
    fi
    if [ $boolean = true ] && [[ $value != true && $value != false ]]; then
        usage_error "$option is true or false, not '$value'"
    fi
    printf -v "$variable" %s "$value"
done
export "${settings[@]}"

# run_stages NAME...: run these stages in order, or what --stage and --stop-stage leave of them. The script of a stage is
# local/NN_NAME.sh of the recipe or of its corpus if there is one, else recipes/stages/NN_NAME.sh.
run_stages() {
    local action=run
    [ "$help" = false ] || action=help
    python -m tts.recipe "$action" --settings "${settings[*]}" --script "$recipe_script" --command "$command_line" -- "$@" || exit
    [ "$help" = false ] && [ "$dry_run" = false ] || exit 0
}
