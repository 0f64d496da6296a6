// Parts that documents of several kinds are made of: articles, local texts, rules, conditions, disclosures, duties.
#pragma once

#include <set>
#include <string>

#include "google/protobuf/repeated_field.h"
#include "policy/findings.h"
#include "tamga/v1/fact.pb.h"
#include "tamga/v1/treaty.pb.h"

namespace tamga::policy {

// Status of the text and the note that goes with it.
void CheckTextStatus(v1::TextStatus status, const std::string& note, const Place& root, Findings* findings);

// The texts of field `field` of `parent`: other languages than English, each once.
void CheckLocalTexts(const google::protobuf::RepeatedPtrField<v1::LocalText>& texts, const std::string& field,
                     const Place& parent, Findings* findings);

// At least one article; numbers and summaries.
void CheckArticles(const google::protobuf::RepeatedPtrField<v1::Article>& articles, const Place& root,
                   Findings* findings);

// Whom and what the rules of a document may name.
struct Known {
  std::set<std::string> articles;
  std::set<std::string> states;    // parties
  std::set<std::string> agencies;  // of the parties
  // Of a reservation, whose treaty is not at hand: any article will do. Otherwise only those above.
  bool is_any_article = false;
  // Of an overlay or reservation: any State or agency will do.
  bool is_any_side = false;
};

// The conditions `when` of the rule at `rule`: a known attribute, each once, with the one test that its type allows.
void CheckConditions(const google::protobuf::RepeatedPtrField<v1::Condition>& conditions, const Place& rule,
                     Findings* findings);

void CheckDisclosure(const v1::Disclosure& disclosure, const Place& place, Findings* findings);

// Whether it lets out a class that can endanger a person.
bool IsDelicate(const v1::Disclosure& disclosure);

void CheckObligation(const v1::Obligation& obligation, const Place& place, Findings* findings);

// "must be YES or NO" and the like, if the fact's value is none of its attribute's.
void CheckFactValue(const v1::FactValue& fact, const Place& place, Findings* findings);

// The field `cites` of the message at `place`: at least one article (otherwise a finding at `head`), each known and
// once.
void CheckCites(const google::protobuf::RepeatedPtrField<std::string>& cites, const Known& known, const Place& place,
                const Place& head, Findings* findings);

// Identifier, citations and scope, as in rules that forbid, limit or demand. `seen` holds the identifiers so far.
struct RuleHead {
  const std::string& id;
  const google::protobuf::RepeatedPtrField<std::string>& cites;
  const v1::Scope& scope;
};
void CheckRuleHead(const RuleHead& rule, const Known& known, const Place& place, std::set<std::string>* seen,
                   Findings* findings);

// The same for a grant, which can name none but the parties and their agencies.
void CheckGrantHead(const RuleHead& rule, const Known& known, const Place& place, std::set<std::string>* seen,
                    Findings* findings);

void CheckProhibitions(const google::protobuf::RepeatedPtrField<v1::Prohibition>& rules, const Known& known,
                       const Place& parent, std::set<std::string>* seen, Findings* findings);
void CheckCeilings(const google::protobuf::RepeatedPtrField<v1::Ceiling>& rules, const Known& known,
                   const Place& parent, std::set<std::string>* seen, Findings* findings);
void CheckDuties(const google::protobuf::RepeatedPtrField<v1::Duty>& rules, const Known& known, const Place& parent,
                 std::set<std::string>* seen, Findings* findings);

// That there are no more rules than kMostRules and kMostInvariants, and that they list no more than kMostLookups
// (validate.h).
void CheckNumberOfRules(const v1::Treaty& treaty, const Place& root, Findings* findings);
void CheckNumberOfRules(const v1::Narrowing& narrowing, const Place& place, Findings* findings);
// That what is to be proved of them stays within kMostRulePairs and kMostLimits.
void CheckSizeOfProofs(const v1::Treaty& treaty, const Place& root, Findings* findings);

// That limits of time and terms of readmission are no more than kMostOfTerms and kMostNamesOfTerms.
void CheckSizeOfTerms(const v1::Treaty& treaty, const Place& root, Findings* findings);

// Limits of time, and how cases of readmission are worked: there where a grant serves an operation of readmission, and
// complete for it.
void CheckReadmission(const v1::Treaty& treaty, const Known& known, const Place& root, Findings* findings);

// All three of them, and their number as above.
void CheckNarrowing(const v1::Narrowing& narrowing, const Known& known, const Place& place, Findings* findings);

}  // namespace tamga::policy
