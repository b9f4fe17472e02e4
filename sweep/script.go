package sweep

import (
	"fmt"
	"slices"
	"strings"
)

// Schedulers lists the schedulers that Script supports.
func Schedulers() []string { return []string{"slurm", "parallel"} }

// Script is a shell script that runs a sweep in shards, each a process of a scheduler. All
// shards write into the sweep's own folder, which they must share.
func Script(scheduler, path string, shards int) (string, error) {
	if shards < 1 {
		return "", fmt.Errorf("%d shards: give one at least", shards)
	}
	quoted := quote(path)
	switch scheduler {
	case "slurm":
		return fmt.Sprintf(slurmScript, shards-1, shards, quoted), nil
	case "parallel":
		return fmt.Sprintf(parallelScript, shards, quoted), nil
	}
	return "", fmt.Errorf("--emit %s: write for one of %s", scheduler,
		strings.Join(Schedulers(), ", "))
}

const slurmScript = `#!/usr/bin/env bash
#SBATCH --job-name=adder-sweep
#SBATCH --array=0-%d
#SBATCH --cpus-per-task=1
set -euo pipefail
# Submit with sbatch, from the folder where this was written. Jobs that were killed may be
# submitted again: what has its result is not run twice.
shards=%d
exec adder sweep %s --shard "${SLURM_ARRAY_TASK_ID}/${shards}" --workers "${SLURM_CPUS_PER_TASK:-1}"
`

const parallelScript = `#!/usr/bin/env bash
set -euo pipefail
# Needs GNU parallel; PARALLEL_OPTIONS may name machines, such as
# "--sshloginfile nodes --workdir $PWD", that see this folder under the same path.
shards=%d
# shellcheck disable=SC2086
seq 0 $((shards - 1)) | parallel ${PARALLEL_OPTIONS:-} \
  adder sweep %s --shard "{}/${shards}" --workers 1
`

// quote is a text as one word of a shell.
func quote(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' ||
			strings.ContainsRune("-_./", r)
	}
	if text != "" && !slices.ContainsFunc([]rune(text), func(r rune) bool { return !plain(r) }) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}
