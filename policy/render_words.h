// The fixed words of renderings in each language.
#pragma once

#include "absl/strings/string_view.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

enum class Word {
  kVersion,
  kTextOf,        // SHA-256 of the document
  kModelText,     // the provisions are a model
  kOfficialText,  // they are the official text
  kParties,
  kArticle,
  kLegalText,
  kNotAtHand,  // the official words are not at hand
  kRules,
  kGrant,
  kProhibition,
  kCeiling,
  kDuty,
  kInvariant,
  kAskers,
  kAnswerers,
  kAny,
  kRecords,
  kOperations,
  kPurposes,
  kWhen,
  kRequestTells,
  kReplyTells,
  kInReturn,
  kAnswerWithin,  // "An answer is due within (days)"
  kBecause,       // justification
  kNeverPermitted,
  kTimeLimit,
  kClock,      // which clock a limit is
  kProcedure,  // of which procedure it is
  kAllProcedures,
  kAmount,
  kStart,  // from which event it runs
  kHolidaysOf,
  kTimeZone,
  kFirstDayCounts,
  kOnExpiry,  // what follows when it has passed
  kSteps,
  kCategory,  // a group of persons taken back
  kEvidence,
  kAttachment,
  kCrossingPoints,
  kFormLanguages,
  kNoticeNeedsWillingness,
  kReturnRestartsClock,
  kHoldExtendsTransfer,
  kExpiredProofMonths,
  kCases,  // how cases are worked
  kNotTranslated,
};

absl::string_view In(v1::Language language, Word word);

}  // namespace tamga::policy
