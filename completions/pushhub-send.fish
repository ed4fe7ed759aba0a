# fish completion for pushhub-send(1)

# The command of the line; nothing where it publishes, as a word is a command only where no target came before it.
function __pushhub_send_command
    set -l words (commandline -opc)
    for word in $words[2..]
        if contains -- (string split -f 1 = -- $word) --$__pushhub_send_targets
            return
        else if contains -- $word $__pushhub_send_commands
            echo $word
            return
        end
    end
end

# Whether the line's command, or "publish", is one of the arguments.
function __pushhub_send_takes
    set -l command (__pushhub_send_command)
    test -n "$command"; or set command publish
    contains -- $command $argv
end

function __pushhub_send_has_target
    __fish_contains_opt $__pushhub_send_targets
end

function __pushhub_send_wants_command
    not __pushhub_send_has_target; and __pushhub_send_takes publish
end

function __pushhub_send_payload_files
    set -l token (commandline -ct | string unescape)
    if string match -q '@*' -- $token; and not __fish_contains_opt text raw
        for path in (__fish_complete_path (string sub -s 2 -- $token))
            echo @$path
        end
    end
end

complete -c pushhub-send -f
complete -c pushhub-send -n __pushhub_send_has_target -a "(__pushhub_send_payload_files)"
complete -c pushhub-send -n "contains -- watch (__pushhub_send_command)" -a users -d "all users"
complete -c pushhub-send -n "contains -- help (__pushhub_send_command)" -a '$__pushhub_send_commands'

# Made of the declarations: the table
set -g __pushhub_send_commands listen watch stats connections explain disconnect subscribe unsubscribe revoke unrevoke block unblock ping help
set -g __pushhub_send_targets user users topic topics connection broadcast

complete -c pushhub-send -n __pushhub_send_wants_command -a listen -d "prints events as they are published, until it is stopped"
complete -c pushhub-send -n __pushhub_send_wants_command -a watch -d "prints who is there, who comes and who goes, until it is stopped"
complete -c pushhub-send -n __pushhub_send_wants_command -a stats -d "the hub's figures, as JSON"
complete -c pushhub-send -n __pushhub_send_wants_command -a connections -d "the connections of a user, as JSON"
complete -c pushhub-send -n __pushhub_send_wants_command -a explain -d "what became of an event, as JSON"
complete -c pushhub-send -n __pushhub_send_wants_command -a disconnect -d "closes connections"
complete -c pushhub-send -n __pushhub_send_wants_command -a subscribe -d "makes a user, or one connection, follow topics"
complete -c pushhub-send -n __pushhub_send_wants_command -a unsubscribe -d "takes back what subscribe gave"
complete -c pushhub-send -n __pushhub_send_wants_command -a revoke -d "makes a user's tokens worthless and closes what they opened"
complete -c pushhub-send -n __pushhub_send_wants_command -a unrevoke -d "takes a revocation back"
complete -c pushhub-send -n __pushhub_send_wants_command -a block -d "shuts a user out and closes its connections"
complete -c pushhub-send -n __pushhub_send_wants_command -a unblock -d "lets a user in again"
complete -c pushhub-send -n __pushhub_send_wants_command -a ping -d "asks whether the hub is there"
complete -c pushhub-send -n __pushhub_send_wants_command -a help -d "prints a summary, or what there is to say of a command"
complete -c pushhub-send -n "__pushhub_send_takes publish listen connections disconnect subscribe unsubscribe revoke unrevoke block unblock" -l user -x -d "this user, on every connection"
complete -c pushhub-send -n "__pushhub_send_takes publish listen disconnect" -l users -x -d "these users"
complete -c pushhub-send -n "__pushhub_send_takes publish listen watch connections subscribe unsubscribe" -l topic -x -d "this topic"
complete -c pushhub-send -n "__pushhub_send_takes publish listen subscribe unsubscribe" -l topics -x -d "these topics"
complete -c pushhub-send -n "__pushhub_send_takes publish listen connections disconnect subscribe unsubscribe" -l connection -x -d "one connection"
complete -c pushhub-send -n "__pushhub_send_takes publish listen" -l broadcast -d "everyone"
complete -c pushhub-send -n "__pushhub_send_takes listen" -l all -d "every event, whomever it is for"
complete -c pushhub-send -n "__pushhub_send_takes publish" -l text -d "the payload is text, sent as a JSON string"
complete -c pushhub-send -n "__pushhub_send_takes publish" -l raw -d "the payload is text, and browsers get that text, not JSON"
complete -c pushhub-send -n "__pushhub_send_takes publish" -l file -r -F -d "the payload is in this file"
complete -c pushhub-send -n "__pushhub_send_takes publish" -l lines -d "each line of the input is an event"
complete -c pushhub-send -n "__pushhub_send_takes publish" -l key -x -d "idempotency key"
complete -c pushhub-send -n "__pushhub_send_takes publish" -l ttl -x -a "0 60 600 3600" -d "how long the event stays in history"
complete -c pushhub-send -n "__pushhub_send_takes publish" -l replace -x -d "the event is the value of this name"
complete -c pushhub-send -n "__pushhub_send_takes publish" -l clear -x -d "the value of this name is taken back"
complete -c pushhub-send -n "__pushhub_send_takes publish" -l require-delivery -d "exit 3 when no connection got the event"
complete -c pushhub-send -n "__pushhub_send_takes disconnect" -l reason -x -d "why they are closed"
complete -c pushhub-send -n "__pushhub_send_takes subscribe block" -l for -x -a "10m 1h 7d" -d "how long it lasts"
complete -c pushhub-send -n "__pushhub_send_takes revoke" -l before -x -d "of tokens that were issued before this time"
complete -c pushhub-send -n "__pushhub_send_takes listen" -l since -x -a "start" -d "first the events after this one"
complete -c pushhub-send -n "__pushhub_send_takes listen" -l state -r -F -d "keeps the last id in this file"
complete -c pushhub-send -n "__pushhub_send_takes listen" -l exec -x -d "runs this with sh -c for each event"
complete -c pushhub-send -s q -l quiet -d "print nothing but errors"
complete -c pushhub-send -l json -d "print receipts and events as JSON"
complete -c pushhub-send -l socket -r -F -d "the hub's socket"
complete -c pushhub-send -l timeout -x -a "500ms 1s 5s 30s" -d "how long connecting and the reply may take"
complete -c pushhub-send -s h -l help -d "print a summary"
complete -c pushhub-send -s V -l version -d "print the version"
# End of the table
