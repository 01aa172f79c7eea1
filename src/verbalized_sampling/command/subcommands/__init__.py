"""The subcommands of ``verbalize``, one file each."""
