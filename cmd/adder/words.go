package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// parent makes cmd a command that only has others below it, and refuses any other word.
func parent(cmd *cobra.Command, below ...*cobra.Command) *cobra.Command {
	cmd.AddCommand(below...)
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return nil
		}
		return unknownCommand(cmd, args[0])
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return fmt.Errorf("%s needs a command, %s: see `%s --help`", shortPath(cmd),
			alternatives(commandNames(cmd)), cmd.CommandPath())
	}
	cmd.DisableFlagsInUseLine = true
	cmd.SuggestionsMinimumDistance = 2
	return cmd
}

// unknownCommand says what might have been meant, or what there is.
func unknownCommand(cmd *cobra.Command, word string) error {
	names := cmd.SuggestionsFor(word)
	if len(names) == 0 {
		names = commandNames(cmd)
	}
	return fmt.Errorf("%s is no command of %s: write %s; see `%s --help`", word, cmd.CommandPath(),
		alternatives(names), cmd.CommandPath())
}

// commandNames lists the commands of the project below cmd.
func commandNames(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() && c.Name() != "completion" {
			names = append(names, c.Name())
		}
	}
	return names
}

// alternatives writes "a, b or c".
func alternatives(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// shortPath is a command's words without the program's name.
func shortPath(cmd *cobra.Command) string {
	_, name, _ := strings.Cut(cmd.CommandPath(), " ")
	return name
}

// newHelpCommand replaces cobra's own, which accepts any word and exits with success.
func newHelpCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "help [command]",
		Short:   "Describe a command, as --help does",
		Example: "  adder help run",
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return unknownCommand(found, rest[0])
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	}
}

// none allows only flags, no arguments.
func none(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("%s takes flags only, and %q is one word too many: see `%s --help`",
		shortPath(cmd), args[0], cmd.CommandPath())
}

// requireFlags names the flags that a command cannot do without and was not given.
func requireFlags(cmd *cobra.Command, _ []string) error {
	var missing []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if _, required := f.Annotations[cobra.BashCompOneRequiredFlag]; required && !f.Changed {
			missing = append(missing, "--"+f.Name)
		}
	})
	if len(missing) == 0 {
		return nil
	}
	return fmt.Errorf("%s needs %s: see `%s --help`", shortPath(cmd),
		strings.Join(missing, " and "), cmd.CommandPath())
}

// flagError says in the project's words what was wrong with a flag.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	path := cmd.CommandPath()
	switch {
	case errors.As(err, &unknown):
		return fmt.Errorf("%s has no flag %s: see `%s --help`", path,
			dashed(unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames()), path)
	case errors.As(err, &bare):
		return fmt.Errorf("--%s needs %s behind it: see `%s --help`", bare.GetFlag().Name,
			valueWords(bare.GetFlag()), path)
	case errors.As(err, &invalid):
		return fmt.Errorf("--%s %s: write %s", invalid.GetFlag().Name, invalid.GetValue(),
			valueWords(invalid.GetFlag()))
	}
	return fmt.Errorf("%w: see `%s --help`", err, path)
}

// dashed is a flag as it was written, alone or in a group of short ones.
func dashed(name, shorts string) string {
	if shorts != "" {
		return "-" + name
	}
	return "--" + name
}

// valueWords describes the value of a flag.
func valueWords(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "a whole number"
	case "uint64":
		return "a whole number from 0"
	case "float64":
		return "a number"
	case "bool":
		return "true or false"
	case "duration":
		return "a time such as 1s"
	case "intSlice":
		return "whole numbers with commas between them"
	case "float64Slice":
		return "numbers with commas between them"
	case "stringSlice":
		return "words with commas between them"
	}
	return "a value"
}
