#include "node/ledger/tlog_policy.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "node/base/status_macros.h"
#include "node/ledger/cosignature.h"

namespace tamga::ledger {
namespace {

constexpr size_t kMaxPolicyBytes = 64 << 10;
constexpr char kNone[] = "none";

using Words = std::vector<absl::string_view>;

// Reads a policy line by line. A line with a mistake is left out of the policy.
class PolicyReader {
 public:
  void Read(absl::string_view text) {
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      ++number_;
      ReadLine(line);
    }
    if (!has_quorum_) {
      number_ = 0;
      Mistake("there is no quorum", "add a line \"quorum <witness or group>\", or \"quorum none\"");
    }
  }

  absl::StatusOr<TlogPolicy> Result() && {
    if (mistakes_.empty()) return std::move(policy_);
    return absl::InvalidArgumentError(absl::StrJoin(mistakes_, "\n"));
  }

 private:
  void Mistake(absl::string_view what, absl::string_view fix) {
    mistakes_.push_back(absl::StrCat(number_ == 0 ? "policy" : absl::StrCat("line ", number_), ": ", what, "; ", fix));
  }

  void ReadLine(absl::string_view line) {
    const bool is_text = std::all_of(line.begin(), line.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte == '\t' || (byte >= 0x20 && byte != 0x7f);
    });
    if (!is_text) return Mistake("holds a control character", "write plain text, with lines ended by a newline alone");
    const Words words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (words.empty() || words[0][0] == '#') return;
    if (words[0] == "log") return ReadLog(words);
    if (words[0] == "witness") return ReadWitness(words);
    if (words[0] == "group") return ReadGroup(words);
    if (words[0] == "quorum") return ReadQuorum(words);
    Mistake(absl::StrCat("begins with \"", words[0], "\""), "begin it with log, witness, group, quorum or #");
  }

  void ReadLog(const Words& words) {
    if (words.size() != 2 && words.size() != 3) {
      return Mistake("is not \"log <vkey> [<url>]\"", "give the log's verification key, and at most a URL");
    }
    const absl::StatusOr<NoteKey> key = ParseVkey(words[1]);
    if (!key.ok()) return Mistake(key.status().message(), "copy the log's verification key as it was given");
    const auto& logs = policy_.logs;
    if (std::any_of(logs.begin(), logs.end(), [&](const NoteKey& log) { return log.public_key == key->public_key; })) {
      return Mistake("names a key that another log has", "name each log once");
    }
    policy_.logs.push_back(*key);
  }

  void ReadWitness(const Words& words) {
    if (words.size() != 3 && words.size() != 4) {
      return Mistake("is not \"witness <name> <vkey> [<url>]\"",
                     "give a name, the witness's verification key, and at most a URL");
    }
    const std::string name(words[1]);
    if (!IsNew(name)) return;
    const absl::StatusOr<NoteKey> key = ParseVkey(words[2], kCosignature);
    // The name counts as given, so that one mistake does not become many.
    policy_.witnesses[name] = key.ok() ? *key : NoteKey{};
    if (!key.ok()) return Mistake(key.status().message(), "copy the witness's verification key as it was given");
    for (const auto& [other, other_key] : policy_.witnesses) {
      if (other != name && other_key.public_key == key->public_key) {
        return Mistake(absl::StrCat("has the key of ", other), "name each witness once: one key counts once");
      }
    }
  }

  void ReadGroup(const Words& words) {
    if (words.size() < 4) {
      return Mistake("is not \"group <name> all|any|<k> <member>...\"", "give a name, how many, and the members");
    }
    const std::string name(words[1]);
    if (!IsNew(name)) return;
    PolicyGroup group;
    for (size_t i = 3; i < words.size(); ++i) {
      const std::string member(words[i]);
      if (!IsDefined(member)) {
        Mistake(absl::StrCat("its member ", member, " is not defined"), "define it on a line before this one");
      } else if (!grouped_.insert(member).second) {
        Mistake(absl::StrCat("its member ", member, " is a member already"), "name it in one group, once");
      }
      group.members.push_back(member);
    }
    group.needed = NeededOf(words[2], group.members.size());
    if (group.needed == 0) {
      Mistake(absl::StrCat("\"", words[2], "\" is not how many of ", group.members.size(), " members must witness"),
              absl::StrCat("write all, any, or a number from 1 to ", group.members.size()));
    }
    policy_.groups[name] = std::move(group);
  }

  // 0 for what is no number of members.
  static size_t NeededOf(absl::string_view word, size_t members) {
    if (word == "any") return 1;
    if (word == "all") return members;
    uint32_t needed = 0;
    if (!absl::SimpleAtoi(word, &needed) || absl::StrCat(needed) != word || needed > members) return 0;
    return needed;
  }

  void ReadQuorum(const Words& words) {
    if (words.size() != 2) return Mistake("is not \"quorum <name>\"", "name one witness or group, or none");
    if (has_quorum_) return Mistake("there is a quorum already", "keep one of the quorum lines");
    has_quorum_ = true;
    const std::string name(words[1]);
    if (name == kNone) return;
    if (!IsDefined(name)) return Mistake(absl::StrCat(name, " is not defined"), "define it on a line before this one");
    policy_.quorum = name;
  }

  bool IsDefined(const std::string& name) const {
    return policy_.witnesses.count(name) > 0 || policy_.groups.count(name) > 0;
  }

  bool IsNew(const std::string& name) {
    if (name == kNone) {
      Mistake("the name none is not free", "choose another name");
      return false;
    }
    if (!IsDefined(name)) return true;
    Mistake(absl::StrCat(name, " is defined already"), "choose another name");
    return false;
  }

  TlogPolicy policy_;
  std::set<std::string> grouped_;
  bool has_quorum_ = false;
  int number_ = 0;
  std::vector<std::string> mistakes_;
};

}  // namespace

bool TlogPolicy::IsFor(const NoteKey& log) const {
  return logs.empty() || std::find(logs.begin(), logs.end(), log) != logs.end();
}

absl::StatusOr<std::set<std::string>> TlogPolicy::CosignersOf(const Note& note, const SignatureVerifier& verify) const {
  std::set<std::string> cosigners;
  for (const auto& [name, key] : witnesses) {
    const absl::Status cosigned = CosignedAt(note, key, verify).status();
    if (absl::IsNotFound(cosigned)) continue;
    RETURN_IF_ERROR(cosigned);
    cosigners.insert(name);
  }
  return cosigners;
}

std::string TlogPolicy::NameOf(const NoteKey& witness) const {
  for (const auto& [name, key] : witnesses) {
    if (key.public_key == witness.public_key) return name;
  }
  return "";
}

bool TlogPolicy::IsQuorum(const std::set<std::string>& cosigners) const {
  if (quorum.empty()) return true;
  // Members are defined before their group, so this ends.
  std::set<std::string> witnessing = cosigners;
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [name, group] : groups) {
      if (witnessing.count(name) > 0) continue;
      const auto count = std::count_if(group.members.begin(), group.members.end(),
                                       [&](const std::string& member) { return witnessing.count(member) > 0; });
      if (static_cast<size_t>(count) < group.needed) continue;
      witnessing.insert(name);
      changed = true;
    }
  }
  return witnessing.count(quorum) > 0;
}

absl::StatusOr<TlogPolicy> ParseTlogPolicy(absl::string_view text) {
  if (text.size() > kMaxPolicyBytes) {
    return absl::InvalidArgumentError(absl::StrCat("policy: longer than ", kMaxPolicyBytes, " bytes; shorten it"));
  }
  PolicyReader reader;
  reader.Read(text);
  return std::move(reader).Result();
}

}  // namespace tamga::ledger
