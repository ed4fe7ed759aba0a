# fish completion for pushhub-send(1)

function __pushhub_send_has_target
    __fish_contains_opt user users connection broadcast
end

function __pushhub_send_has_command
    not __pushhub_send_has_target; and __fish_seen_subcommand_from stats connections explain disconnect ping
end

function __pushhub_send_publishes
    not __fish_seen_subcommand_from stats connections explain disconnect ping; or __pushhub_send_has_target
end

function __pushhub_send_takes_target
    not __fish_seen_subcommand_from stats explain ping
end

function __pushhub_send_wants_command
    not __pushhub_send_has_target; and not __fish_seen_subcommand_from stats connections explain disconnect ping
end

function __pushhub_send_payload_files
    set -l token (commandline -ct | string unescape)
    if string match -q '@*' -- $token; and not __fish_contains_opt text
        for path in (__fish_complete_path (string sub -s 2 -- $token))
            echo @$path
        end
    end
end

complete -c pushhub-send -f
complete -c pushhub-send -n __pushhub_send_wants_command -a stats -d "The hub's figures, as JSON"
complete -c pushhub-send -n __pushhub_send_wants_command -a connections -d "A user's connections, as JSON"
complete -c pushhub-send -n __pushhub_send_wants_command -a explain -d "What became of an event, as JSON"
complete -c pushhub-send -n __pushhub_send_wants_command -a disconnect -d "Close connections"
complete -c pushhub-send -n __pushhub_send_wants_command -a ping -d "Ask whether the hub is there"
complete -c pushhub-send -n __pushhub_send_has_target -a "(__pushhub_send_payload_files)"

complete -c pushhub-send -n __pushhub_send_takes_target -l user -x -d "Every connection of this user"
complete -c pushhub-send -n "__pushhub_send_takes_target; and not __fish_seen_subcommand_from connections" -l users -x -d "Every connection of these users"
complete -c pushhub-send -n __pushhub_send_takes_target -l connection -x -d "One connection"
complete -c pushhub-send -n __pushhub_send_publishes -l broadcast -d "Everyone"
complete -c pushhub-send -n __pushhub_send_publishes -l lines -d "Each line of the input is an event"
complete -c pushhub-send -n __pushhub_send_publishes -l text -d "The payload is text, sent as a JSON string"
complete -c pushhub-send -n __pushhub_send_publishes -l file -r -F -d "A file with the payload, or -"
complete -c pushhub-send -n __pushhub_send_publishes -l key -x -d "Idempotency key"
complete -c pushhub-send -n __pushhub_send_publishes -l ttl -x -a "0 60 600 3600" -d "Seconds in history"
complete -c pushhub-send -n __pushhub_send_publishes -l require-delivery -d "Exit 3 when nobody got the event"
complete -c pushhub-send -n "__fish_seen_subcommand_from disconnect" -l reason -x -d "Why connections are closed"

complete -c pushhub-send -l quiet -d "Print nothing but errors"
complete -c pushhub-send -l json -d "Print receipts as JSON"
complete -c pushhub-send -l socket -r -F -d "The socket of the hub"
complete -c pushhub-send -l timeout -x -a "500ms 1s 5s 30s" -d "How long to wait for the hub"
complete -c pushhub-send -s h -l help -d "Print a summary"
complete -c pushhub-send -l version -d "Print the version"
