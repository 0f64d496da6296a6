#include "node/main/seal_record.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "certs/purposes.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::node {
namespace {

constexpr char kRecordKind[] = "seal";
constexpr char kRecordId[] = "key";
// Body: "keys", and " ALGORITHM HEX" for each key of another algorithm.
constexpr char kOthersId[] = "other-keys";

using KeyIds = std::map<std::string, std::string>;  // by algorithm

std::string TextOf(const KeyIds& ids) {
  std::string text = "keys";
  for (const auto& [algorithm, id] : ids) absl::StrAppend(&text, " ", algorithm, " ", HexEncode(id));
  return text;
}

absl::StatusOr<KeyIds> IdsIn(const std::string& text) {
  const std::vector<std::string> words = absl::StrSplit(text, ' ');
  KeyIds ids;
  for (size_t i = 1; i + 1 < words.size(); i += 2) {
    ASSIGN_OR_RETURN(ids[words[i]], HexDecode(words[i + 1]));
  }
  return ids;
}

void AddChanged(const KeyIds& former, const KeyIds& next, v1::LogEntry& entry) {
  KeyIds all = former;
  all.insert(next.begin(), next.end());
  for (const auto& [algorithm, unused] : all) {
    const auto before = former.find(algorithm);
    const auto after = next.find(algorithm);
    const std::string former_id = before == former.end() ? "" : before->second;
    const std::string id = after == next.end() ? "" : after->second;
    if (id == former_id) continue;
    v1::OtherSealKey& changed = *entry.add_other_seal_keys();
    changed.set_algorithm(algorithm);
    changed.set_key_id(id);
    changed.set_former_key_id(former_id);
  }
}

// Version 0 if there is none yet.
absl::StatusOr<store::Record> RecordOf(store::Records& records, absl::string_view id) {
  absl::StatusOr<store::Record> record = records.Get(kRecordKind, id);
  if (absl::IsNotFound(record.status())) return store::Record();
  return record;
}

}  // namespace

SealRecord::SealRecord(std::string own_agency, store::Records& records, ledger::Sequencer& sequencer,
                       const Clock& clock, Rng& rng)
    : own_agency_(std::move(own_agency)), records_(records), sequencer_(sequencer), clock_(clock), rng_(rng) {}

absl::Status SealRecord::Use(const certs::Seal& seal) {
  const MutexLock lock(mutex_);
  const std::string key_id = seal.chain().front().SpkiSha256();
  const std::string others = TextOf(seal.OtherKeyIds());
  ASSIGN_OR_RETURN(const store::Record former, RecordOf(records_, kRecordId));
  ASSIGN_OR_RETURN(const store::Record former_others, RecordOf(records_, kOthersId));
  if (former.body == key_id && former_others.body == others) return absl::OkStatus();

  const absl::Time now = clock_.Now();
  store::Effects kept;
  if (former.body != key_id) kept.Add(records_.Put(kRecordKind, kRecordId, former.version, key_id, now));
  if (former_others.body != others) kept.Add(records_.Put(kRecordKind, kOthersId, former_others.version, others, now));
  const bool is_change = former.version > 0 && former.body != key_id;
  const bool is_change_of_others = former_others.version > 0 && former_others.body != others;
  if (!is_change && !is_change_of_others) return sequencer_.Commit(std::move(kept));
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_SEAL_CHANGED);
  entry.set_exchange_id(NewUuidV7(now, rng_));
  entry.set_own(own_agency_);
  entry.set_partner(own_agency_);
  *entry.mutable_logged_at() = ToProto(now);
  entry.set_seal_key_id(key_id);
  entry.set_former_seal_key_id(former.body);
  if (is_change_of_others) {
    ASSIGN_OR_RETURN(const KeyIds before, IdsIn(former_others.body));
    AddChanged(before, seal.OtherKeyIds(), entry);
  }
  entry.set_head(sequencer_.NewestCheckpoint());
  ASSIGN_OR_RETURN(*entry.mutable_head_seal(), seal.Sign(certs::kCheckpointType, entry.head()));
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  submission.effects = std::move(kept);
  return sequencer_.Append(std::move(submission)).status();
}

}  // namespace tamga::node
