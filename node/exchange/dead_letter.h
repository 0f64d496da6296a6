// Messages that waited in the outbox and came to nothing, as an operator sees them.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "node/store/effects.h"
#include "node/store/rows.h"
#include "tamga/v1/common.pb.h"
#include "tamga/v1/sealed_message.pb.h"

namespace tamga::exchange {

// The reason of a request that expired while it waited.
inline constexpr char kExpired[] = "EXPIRED";
// The reason of one that waits and cannot be read.
inline constexpr char kUnreadable[] = "UNREADABLE";

// What is committed with the end of a request that waited: a dead letter if `status` says that it came to nothing;
// otherwise one that was there goes. An operator's log line says so of a new one.
store::Effects DeadLetterOf(const v1::MessageHeader& header, const store::OutboxRow& waited, const absl::Status& status,
                            absl::Time now);

// As a row of the list.
store::DeadLetterRow LetterOf(const store::OutboxRow& waited, v1::DeliveryState state, const std::string& reason,
                              absl::Time now);

}  // namespace tamga::exchange
