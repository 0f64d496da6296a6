// Trafficking cases in the JSON of IOM's Human Trafficking Case Data Standard (HTCDS) 2.0, as a tourism agency or any
// other first responder hands them over.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tamga/v1/trafficking.pb.h"

namespace tamga::adapters {

// Reads a case (at most 1 MiB of JSON; field names are those of the standard) and checks it with CheckHtcdsCase.
// INVALID_FIELD naming the field otherwise; a field that the record does not have is refused by name.
absl::StatusOr<v1::TraffickingCase> ReadHtcdsCase(absl::string_view json);

// OK if the required fields are there, texts and lists keep the limits of record_limits.h, picklist values are the
// standard's, dates are days that exist as YYYY-MM-DD, and citizenships and countries of events are ISO 3166 alpha-3
// codes. INVALID_FIELD naming the HTCDS field otherwise.
absl::Status CheckHtcdsCase(const v1::TraffickingCase& trafficking_case);

}  // namespace tamga::adapters
