#include "node/main/seal_record.h"

#include <utility>

#include "certs/purposes.h"
#include "node/base/status_macros.h"
#include "node/base/uuid.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::node {
namespace {

constexpr char kRecordKind[] = "seal";
constexpr char kRecordId[] = "key";

}  // namespace

SealRecord::SealRecord(std::string own_agency, store::Records& records, ledger::Sequencer& sequencer,
                       const Clock& clock, Rng& rng)
    : own_agency_(std::move(own_agency)), records_(records), sequencer_(sequencer), clock_(clock), rng_(rng) {}

absl::Status SealRecord::Use(const certs::Seal& seal) {
  const MutexLock lock(mutex_);
  const std::string key_id = seal.chain().front().SpkiSha256();
  absl::StatusOr<store::Record> former = records_.Get(kRecordKind, kRecordId);
  if (absl::IsNotFound(former.status())) former = store::Record();
  RETURN_IF_ERROR(former.status());
  if (former->body == key_id) return absl::OkStatus();

  const absl::Time now = clock_.Now();
  store::Effects kept = records_.Put(kRecordKind, kRecordId, former->version, key_id, now);
  if (former->version == 0) return sequencer_.Commit(std::move(kept));
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_SEAL_CHANGED);
  entry.set_exchange_id(NewUuidV7(now, rng_));
  entry.set_own(own_agency_);
  entry.set_partner(own_agency_);
  *entry.mutable_logged_at() = ToProto(now);
  entry.set_seal_key_id(key_id);
  entry.set_former_seal_key_id(former->body);
  entry.set_head(sequencer_.NewestCheckpoint());
  ASSIGN_OR_RETURN(*entry.mutable_head_seal(), seal.Sign(certs::kCheckpointType, entry.head()));
  ledger::Submission submission;
  submission.entry = entry.SerializeAsString();
  submission.effects = std::move(kept);
  return sequencer_.Append(std::move(submission)).status();
}

}  // namespace tamga::node
