// The parts of a traveller's check that are pure: who is looked for, what a partner's answer means, what to advise.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "node/exchange/asking.h"
#include "tamga/v1/watchlist_service.pb.h"

namespace tamga::watchlist {

// OK if the request is in order: context, exactly one of zone and traveller, at most 16 partners, each once and none of
// them the own agency. INVALID_FIELD otherwise.
absl::Status CheckRequest(const v1::CheckTravellerRequest& request, const std::string& own_agency);

// Fills `traveller` and `document_checks` of the response from the zone or from the typed fields. A zone that is no
// zone, or does not say who its holder is, is INVALID_FIELD; any other fault of the document is a failed check.
absl::Status ReadTraveller(const v1::CheckTravellerRequest& request, absl::CivilDay today,
                           v1::CheckTravellerResponse* response);

// What the own list said.
v1::SourceAnswer AnswerOfOwnList(const std::string& own_agency, v1::WatchlistAnswer found);

// What a partner said; without a result it did not answer in time. No answer, or one that is not disclosed, is never a
// "no hit".
v1::SourceAnswer AnswerOfPartner(const std::string& partner, const std::optional<exchange::AskResult>& result);

// STOP if a source found something; CLEAR if every source found nothing and the document is in order; else REFER.
v1::Advice AdviceFor(const v1::CheckTravellerResponse& response);

}  // namespace tamga::watchlist
