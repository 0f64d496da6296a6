#include "policy/treaty_document.h"

#include <utility>

#include "google/protobuf/text_format.h"
#include "node/base/encoding.h"
#include "node/base/status_macros.h"
#include "policy/findings.h"
#include "policy/read_text.h"
#include "policy/validate.h"

namespace tamga::policy {
namespace {

template <typename Message>
using Validate = void (*)(const Message&, const Place&, Findings*);

template <typename Message>
absl::StatusOr<Message> Read(absl::string_view bytes, absl::string_view file_name, absl::string_view reason,
                             Validate<Message> validate) {
  Findings findings(file_name, reason);
  Message message;
  google::protobuf::TextFormat::ParseInfoTree places;
  ReadText(bytes, &message, &places, &findings);
  RETURN_IF_ERROR(findings.ToStatus());
  validate(message, Place(Message::descriptor(), &places), &findings);
  RETURN_IF_ERROR(findings.ToStatus());
  return message;
}

}  // namespace

absl::StatusOr<TreatyDocument> ReadTreaty(absl::string_view bytes, absl::string_view file_name) {
  ASSIGN_OR_RETURN(v1::Treaty treaty, Read<v1::Treaty>(bytes, file_name, "TREATY_INVALID", ValidateTreaty));
  return TreatyDocument{std::move(treaty), Sha256(bytes), std::string(file_name)};
}

absl::StatusOr<OverlayDocument> ReadOverlay(absl::string_view bytes, absl::string_view file_name) {
  ASSIGN_OR_RETURN(v1::Overlay overlay, Read<v1::Overlay>(bytes, file_name, "OVERLAY_INVALID", ValidateOverlay));
  return OverlayDocument{std::move(overlay), Sha256(bytes), std::string(file_name)};
}

absl::StatusOr<v1::Instrument> ReadInstrument(absl::string_view bytes, absl::string_view file_name) {
  return Read<v1::Instrument>(bytes, file_name, "INSTRUMENT_INVALID", ValidateInstrument);
}

absl::StatusOr<v1::TreatySuite> ReadSuite(absl::string_view bytes, absl::string_view file_name) {
  return Read<v1::TreatySuite>(bytes, file_name, "SUITE_INVALID", ValidateSuite);
}

absl::StatusOr<v1::TreatyOffice> ReadTreatyOffice(absl::string_view bytes, absl::string_view file_name) {
  return Read<v1::TreatyOffice>(bytes, file_name, "TREATY_OFFICE_INVALID", ValidateTreatyOffice);
}

}  // namespace tamga::policy
