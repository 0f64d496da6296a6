// The standard forms of a readmission treaty, filled in: HTML, or PDF through WeasyPrint.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tamga/v1/readmission.pb.h"
#include "tamga/v1/readmission_service.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::readmission {

// The form as a document in UTF-8 HTML that refers to nothing outside itself, or as PDF. `language` is "en", "ru" or
// "kk", and one of the treaty's where it names any. Times are in the time zone of the treaty's limits.
// INVALID_FIELD naming form, language or format; FailedPrecondition: NO_DECISION while there is none, CASE_ERASED when
// the particulars are gone, PDF_TOOL_MISSING where WeasyPrint is not installed; PDF_FAILED (Internal) if it makes no
// PDF within its bounds. Takes about a second for a PDF, and blocks.
absl::StatusOr<std::string> PrintForm(const v1::ReadmissionCase& record, const v1::Treaty& treaty,
                                      v1::ReadmissionForm form, const std::string& language, v1::FormFormat format);

// "text/html; charset=utf-8" or "application/pdf".
std::string MediaTypeOf(v1::FormFormat format);

}  // namespace tamga::readmission
