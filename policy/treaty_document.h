// The files of the treaty engine as read: strictly, and valid in themselves.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tamga/v1/instrument.pb.h"
#include "tamga/v1/treaty.pb.h"
#include "tamga/v1/treaty_suite.pb.h"

namespace tamga::policy {

// Made by ReadTreaty alone; whoever holds one may rely on its treaty being valid.
struct TreatyDocument {
  v1::Treaty treaty;
  std::string sha256;     // 32 bytes, of the file as it came
  std::string file_name;  // for messages
};

// Made by ReadOverlay alone; whoever holds one may rely on its overlay being valid.
struct OverlayDocument {
  v1::Overlay overlay;
  std::string sha256;     // 32 bytes, of the file as it came
  std::string file_name;  // for messages
};

// Each reads the protobuf text format of its message, at most 1 MiB and 16 levels deep. Refused are what ReadText
// refuses, and what the Validate function of the message finds (policy/validate.h). Errors are InvalidArgument with the
// reason given below; the message has one finding a line, each "file:line:column: field: what and how to mend".

// TREATY_INVALID.
absl::StatusOr<TreatyDocument> ReadTreaty(absl::string_view bytes, absl::string_view file_name);
// OVERLAY_INVALID.
absl::StatusOr<OverlayDocument> ReadOverlay(absl::string_view bytes, absl::string_view file_name);
// INSTRUMENT_INVALID.
absl::StatusOr<v1::Instrument> ReadInstrument(absl::string_view bytes, absl::string_view file_name);
// SUITE_INVALID.
absl::StatusOr<v1::TreatySuite> ReadSuite(absl::string_view bytes, absl::string_view file_name);
// TREATY_OFFICE_INVALID.
absl::StatusOr<v1::TreatyOffice> ReadTreatyOffice(absl::string_view bytes, absl::string_view file_name);

}  // namespace tamga::policy
