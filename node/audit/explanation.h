// A decision in sentences.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "policy/treaty_set.h"
#include "tamga/v1/admin_service.pb.h"

namespace tamga::audit {

// Whether the treaties permit at `now` what `request` asks; `own_agency` asks it, if the request does not say who. The
// sentences say why, what may be told and within which time, or what would have to differ.
//
// With facts it is judged as both nodes would: the request before it leaves, then the reply before it leaves. Without,
// it is judged as the answering node would judge the request, facts about the person aside; and the sentences say which
// facts the asking node needs before it lets the request out.
//
// InvalidArgument, INVALID_FIELD, for a request that is not in order.
absl::StatusOr<v1::ExplainDecisionResponse> Explain(const policy::TreatySet& treaties,
                                                    const v1::ExplainDecisionRequest& request,
                                                    const std::string& own_agency, absl::Time now);

}  // namespace tamga::audit
