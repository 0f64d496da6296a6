#include "node/audit/reading_log.h"

#include "node/base/uuid.h"
#include "tamga/v1/log_entry.pb.h"

namespace tamga::audit {

absl::Status ReadingLog::Add(const certs::Principal& reader, absl::string_view method,
                             absl::string_view exchange_id) const {
  const absl::Time now = parts_.clock.Now();
  v1::Asker asker;
  asker.set_principal(reader.SpiffeId());
  v1::LogEntry entry;
  entry.set_version(1);
  entry.set_kind(v1::ENTRY_KIND_READ);
  entry.set_exchange_id(NewUuidV7(now, parts_.rng));
  entry.set_own(parts_.own_agency);
  entry.set_partner(reader.agency);
  *entry.mutable_logged_at() = ToProto(now);
  entry.set_purpose(v1::PURPOSE_AUDIT);
  entry.set_record_kind(v1::RECORD_KIND_LOG);
  entry.set_asker_pseudonym(parts_.pseudonyms.OfAsker(asker));
  entry.set_read(std::string(method));
  entry.set_read_exchange_id(ParseUuidV7(exchange_id).value_or(""));
  return parts_.sequencer.Append({{}, entry.SerializeAsString()}).status();
}

}  // namespace tamga::audit
