// Trust policies (c2sp.org/tlog-policy): which witnesses' cosignatures count, and how many there must be.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "node/ledger/note.h"

namespace tamga::ledger {

struct PolicyGroup {
  size_t needed = 0;                 // of its members
  std::vector<std::string> members;  // witnesses, and groups defined before
};

struct TlogPolicy {
  std::vector<NoteKey> logs;
  std::map<std::string, NoteKey> witnesses;  // by their names in the policy
  std::map<std::string, PolicyGroup> groups;
  std::string quorum;  // a witness or a group; empty: "none"

  // Whether the policy is about this log: it names it, or none.
  bool IsFor(const NoteKey& log) const;
  // Names of the witnesses that cosigned the checkpoint of `note`. InvalidArgument if a cosignature does not verify.
  absl::StatusOr<std::set<std::string>> CosignersOf(const Note& note, const SignatureVerifier& verify) const;
  // Name of the witness with this key, under whatever name; empty if there is none.
  std::string NameOf(const NoteKey& witness) const;
  // Whether the cosignatures of these witnesses (by name) are enough; always, if no quorum is asked for.
  bool IsQuorum(const std::set<std::string>& cosigners) const;
};

// URLs are checked for form and left aside. InvalidArgument with one mistake a line, "line N: what is wrong; how to
// mend it", for a text that is not a policy: all mistakes, in order.
absl::StatusOr<TlogPolicy> ParseTlogPolicy(absl::string_view text);

}  // namespace tamga::ledger
