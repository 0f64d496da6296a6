// A request as a partner sends it, for those who spoil it (tests/fuzz) and those who time it (tests/bench).
#pragma once

#include <string>

#include "absl/time/time.h"
#include "certs/principal.h"
#include "node/base/clock.h"
#include "node/base/rng.h"
#include "node/base/uuid.h"
#include "node/exchange/message.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::testing {

inline constexpr char kSampleSender[] = "KGZ/border-service";
inline constexpr char kSampleReceiver[] = "KAZ/interior-ministry";
inline constexpr char kSampleBodyType[] = "tamga.v1.ReadmissionSubmission";

// All that SealMessage does not fill in.
inline v1::MessageHeader SampleHeader(absl::Time now, Rng& rng) {
  v1::MessageHeader header;
  header.set_version(1);
  header.set_kind(v1::MESSAGE_KIND_REQUEST);
  header.set_exchange_id(NewUuidV7(now, rng));
  header.set_from(kSampleSender);
  header.set_to(kSampleReceiver);
  header.set_purpose(v1::PURPOSE_READMISSION);
  header.set_operation(v1::OPERATION_READMISSION_SUBMIT);
  header.set_record_kind(v1::RECORD_KIND_READMISSION);
  header.mutable_asker()->set_principal(certs::Principal{kSampleSender, certs::Role::kSystem, "lane-7"}.SpiffeId());
  header.mutable_asker()->set_case_reference("C-2026-1");
  *header.mutable_issued_at() = ToProto(now);
  *header.mutable_expires_at() = ToProto(now + absl::Minutes(5));
  header.set_idempotency_key("K-2026-1");
  return header;
}

// What the receiver insists on.
inline exchange::OpenRules SampleRules(absl::Time now) {
  return {v1::MESSAGE_KIND_REQUEST, kSampleSender, kSampleReceiver, now, absl::Minutes(2)};
}

}  // namespace tamga::testing
