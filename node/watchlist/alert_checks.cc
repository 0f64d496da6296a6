#include "node/watchlist/alert_checks.h"

#include "absl/strings/str_cat.h"
#include "adapters/partial_date.h"
#include "adapters/record_limits.h"
#include "node/base/clock.h"
#include "node/base/error.h"
#include "node/base/status_macros.h"
#include "node/base/text.h"

namespace tamga::watchlist {
namespace {

// Twenty candidates have to fit into one answer of 768 KiB.
constexpr size_t kMaxAlertBytes = 32 << 10;

bool SeeksDocument(v1::AlertCategory category) {
  return category == v1::ALERT_CATEGORY_DOCUMENT_LOST || category == v1::ALERT_CATEGORY_DOCUMENT_STOLEN ||
         category == v1::ALERT_CATEGORY_DOCUMENT_REVOKED;
}

absl::Status CheckSought(const v1::Alert& alert) {
  if (SeeksDocument(alert.category())) {
    for (const v1::TravelDocument& document : alert.documents()) {
      if (!document.number().empty()) return absl::OkStatus();
    }
    return InvalidField("documents", "must hold the number of the document that is sought");
  }
  for (const v1::PersonName& name : alert.names()) {
    if (!name.surname().empty() || !name.full_name().empty()) return absl::OkStatus();
  }
  return InvalidField("names", "must hold a surname or a full name, unless the alert seeks a document");
}

absl::Status CheckDates(const v1::Alert& alert) {
  for (int i = 0; i < alert.born_on_size(); ++i) {
    const v1::BirthDate& born_on = alert.born_on(i);
    const std::string path = absl::StrCat("born_on[", i, "]");
    RETURN_IF_ERROR(adapters::CheckPartialDate(path + ".date", born_on.date()));
    if (born_on.until_year() != 0 && born_on.until_year() < born_on.date().year()) {
      return InvalidField(path + ".until_year", "must not be before the year of the date");
    }
  }
  if (alert.has_valid_until() && alert.has_listed_at() &&
      FromProto(alert.valid_until()) < FromProto(alert.listed_at())) {
    return InvalidField("valid_until", "must not be before listed_at");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckAlert(const v1::Alert& alert) {
  RETURN_IF_ERROR(CheckReference("alert_id", alert.alert_id()));
  if (alert.category() == v1::ALERT_CATEGORY_UNSPECIFIED || !v1::AlertCategory_IsValid(alert.category())) {
    return InvalidField("category", "is required: say why the person or document is sought");
  }
  if (alert.action().empty()) return InvalidField("action", "is required: say what the officer shall do");
  if (alert.legal_basis().empty()) return InvalidField("legal_basis", "is required: cite the article or decision");
  if (!alert.sex().empty() && alert.sex() != "F" && alert.sex() != "M" && alert.sex() != "X") {
    return InvalidField("sex", "must be F, M, X or empty");
  }
  if (alert.ByteSizeLong() > kMaxAlertBytes) {
    return InvalidField("remarks", absl::StrCat("and all other texts together have more than ", kMaxAlertBytes,
                                                " bytes; shorten them"));
  }
  RETURN_IF_ERROR(adapters::CheckRecordLimits(alert));
  RETURN_IF_ERROR(CheckDates(alert));
  return CheckSought(alert);
}

absl::Status CheckTravellerQuery(const v1::TravellerQuery& traveller) {
  if (traveller.surname().empty() && traveller.document_number().empty()) {
    return InvalidField("traveller", "must have a surname or a document number");
  }
  RETURN_IF_ERROR(CheckText("traveller.surname", traveller.surname(), adapters::kMaxNameBytes));
  RETURN_IF_ERROR(CheckText("traveller.given_names", traveller.given_names(), adapters::kMaxNameBytes));
  RETURN_IF_ERROR(CheckText("traveller.document_number", traveller.document_number(), adapters::kMaxNameBytes));
  RETURN_IF_ERROR(CheckText("traveller.document_issuer", traveller.document_issuer(), adapters::kMaxNameBytes));
  RETURN_IF_ERROR(CheckText("traveller.nationality", traveller.nationality(), adapters::kMaxNameBytes));
  if (!traveller.sex().empty() && traveller.sex() != "F" && traveller.sex() != "M") {
    return InvalidField("traveller.sex", "must be F, M or empty");
  }
  return adapters::CheckPartialDate("traveller.born_on", traveller.born_on());
}

}  // namespace tamga::watchlist
