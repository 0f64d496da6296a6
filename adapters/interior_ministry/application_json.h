// Readmission applications as an interior ministry's system hands them over.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tamga/v1/readmission.pb.h"

namespace tamga::adapters {

// Reads the protobuf JSON mapping of ReadmissionApplication (at most 1 MiB) and checks it with CheckApplication.
// INVALID_FIELD naming the field otherwise.
absl::StatusOr<v1::ReadmissionApplication> ReadApplication(absl::string_view json);

// OK if all required fields are there, texts and lists keep the limits of record_limits.h, dates are days that exist,
// nationalities and issuing States are known codes, and hashes are 32 bytes. INVALID_FIELD with the path of the field
// otherwise.
absl::Status CheckApplication(const v1::ReadmissionApplication& application);

}  // namespace tamga::adapters
