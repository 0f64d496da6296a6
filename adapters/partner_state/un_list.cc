#include "adapters/partner_state/un_list.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "adapters/partner_state/un_individual.h"
#include "adapters/partner_state/xml_records.h"
#include "node/base/status_macros.h"

namespace tamga::adapters {
namespace {

absl::Status DeliverIndividual(uint64_t line, const XmlElement& record, const UnListSink& sink, UnListCounts& counts) {
  absl::StatusOr<v1::Alert> alert = ToAlert(record);
  if (!alert.ok()) {
    ++counts.rejected;
    sink.reject({line, UnReference(record), std::string(alert.status().message())});
    return absl::OkStatus();
  }
  ++counts.alerts;
  return sink.alert(*std::move(alert));
}

}  // namespace

absl::Status ReadUnList(std::istream& input, const UnListSink& sink) {
  UnListCounts counts;
  return ReadXmlRecords(input, "CONSOLIDATED_LIST", [&](uint64_t line, const XmlElement& record) -> absl::Status {
    if (record.name == "INDIVIDUAL") {
      RETURN_IF_ERROR(DeliverIndividual(line, record, sink, counts));
    } else if (record.name == "ENTITY") {
      ++counts.entities_skipped;
    } else {
      return absl::InvalidArgumentError(absl::StrCat("line ", line, ": neither an INDIVIDUAL nor an ENTITY"));
    }
    sink.progress(counts);
    return absl::OkStatus();
  });
}

}  // namespace tamga::adapters
