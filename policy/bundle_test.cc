#include "policy/bundle.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "node/base/matchers.h"
#include "policy/act_fixture.h"
#include "policy/day.h"
#include "policy/document_fixture.h"
#include "policy/root_fixture.h"
#include "policy/treaty_document.h"

namespace tamga::policy {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const certs::Issued& First() {
  static const auto& root = *new certs::Issued(certs::Issue(certs::AuthorityNamed("Root 1"), nullptr));
  return root;
}
const certs::Issued& Second() {
  static const auto& root = *new certs::Issued(certs::Issue(certs::AuthorityNamed("Root 2"), nullptr));
  return root;
}

std::string Act(const std::string& day, const std::string& roots) {
  return InstrumentText("AAA", day, absl::StrCat("change_roots {\n", roots, "}"));
}

absl::StatusOr<v1::Instrument> Read(const std::string& roots) { return ReadInstrument(Act("2024-05-01", roots), "i"); }

absl::Time At(absl::string_view day) { return ParseDay(day).value(); }

TEST(ChangeRootsTest, AreReadWithTheirDaysAndAHint) {
  ASSERT_OK_AND_ASSIGN(const v1::Instrument instrument,
                       Read(RootText("AAA", First(), "trusted_until: \"2025-01-01\"") +
                            RootText("AAA", Second(), "trusted_from: \"2024-06-01\" trusted_until: \"2024-06-02\"") +
                            "refresh_hint_s: 60\n"));
  EXPECT_EQ(instrument.change_roots().roots_size(), 2);
}

TEST(ChangeRootsTest, AreRefusedUnlessEachIsTheStatesAndProven) {
  certs::IssueOptions of_another = certs::AuthorityNamed("Root 3");
  of_another.names = "URI:spiffe://bbb.tamga";
  const certs::Issued other_state = certs::Issue(of_another, nullptr);
  const certs::Issued leaf = certs::Issue(certs::Server(), &First());
  const std::string good = RootText("AAA", First());
  const std::string proof = good.substr(good.find("possession"));
  const std::pair<std::string, const char*> bad[] = {
      {"", "change_roots.roots: must be 1 to 16"},
      {"roots { certificate: \"x\" possession: \"\" }\n", "roots[0].certificate: must be a certificate's DER"},
      {"roots { certificate: \"AAAA\" possession: \"\" }\n", "roots[0].certificate: must be a certificate's DER"},
      {RootText("AAA", other_state), "cannot be a root of the State"},
      {RootText("AAA", leaf), "cannot be a root of the State"},
      {RootText("BBB", First()), "roots[0].possession: is not by the root's key for AAA"},
      {absl::StrCat("roots { certificate: \"", Base64Encode(First().certificate.Der()), "\" }\n"),
       "roots[0].possession: is not by the root's key"},
      {absl::StrCat("roots { certificate: \"", Base64Encode(Second().certificate.Der()), "\" ", proof),
       "roots[0].possession: is not by the root's key"},
      {good + good, "roots[1].certificate: stands here"},
      {RootText("AAA", First(), "trusted_from: \"tomorrow\""), "roots[0].trusted_from: must be a day"},
      {RootText("AAA", First(), "trusted_until: \"2024-05-01\""), "roots[0].trusted_until: must be a later day"},
      {RootText("AAA", First(), "trusted_from: \"2024-06-01\" trusted_until: \"2024-05-31\""),
       "roots[0].trusted_until: must be a later day"},
      {good + "refresh_hint_s: 59\n", "refresh_hint_s: must be 60 to 604800"},
  };
  for (const auto& [roots, finding] : bad) {
    const auto read = Read(roots);
    EXPECT_THAT(read, HasReason("INSTRUMENT_INVALID")) << finding;
    EXPECT_THAT(read, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(finding)));
  }
}

TEST(ChangeRootsTest, TakeTwoKeysWhateverTheOfficesThreshold) {
  const v1::TreatyOffice office = OfficeOf("AAA", {"ann", "ben"}, 1);
  const std::string text = Act("2024-05-01", RootText("AAA", First()));
  EXPECT_THAT(VerifyAct(NextAct({}, "AAA", text, {"ann"}), office, IsSignature), HasReason("ACT_TOO_FEW_SIGNATURES"));
  EXPECT_THAT(VerifyAct(NextAct({}, "AAA", text, {"ann", "ann"}), office, IsSignature),
              HasReason("ACT_TOO_FEW_SIGNATURES"));
  EXPECT_OK(VerifyAct(NextAct({}, "AAA", text, {"ann", "ben"}), office, IsSignature));
}

class BundleTest : public ::testing::Test {
 protected:
  void Add(const std::string& day, const std::string& roots) {
    ASSERT_OK(acts_.Append(NextAct(acts_.head(), "AAA", Act(day, roots), {"ann", "ben"}), IsSignature));
  }
  // SHA-256 of the roots that are believed on the day.
  std::set<std::string> On(absl::string_view day) const {
    std::set<std::string> roots;
    const std::optional<Bundle> bundle = BundleAt(acts_, At(day));
    EXPECT_TRUE(bundle.has_value());
    if (!bundle) return roots;
    for (const certs::Certificate& root : bundle->roots) roots.insert(Sha256(root.Der()));
    return roots;
  }

  const std::string first_ = Sha256(First().certificate.Der());
  const std::string second_ = Sha256(Second().certificate.Der());
  Register acts_ = Register::Create(OfficeOf("AAA", {"ann", "ben"}, 1)).value();
};

TEST_F(BundleTest, WithoutAnActInForceTheRegisterSaysNothing) {
  EXPECT_FALSE(BundleAt(acts_, At("2024-05-01")).has_value());
  Add("2024-05-01", RootText("AAA", First()));
  EXPECT_FALSE(BundleAt(acts_, At("2024-04-30")).has_value());
  EXPECT_TRUE(BundleAt(acts_, At("2024-05-01")).has_value());
}

TEST_F(BundleTest, OldAndNewRootOverlapAsTheirDaysSay) {
  Add("2024-05-01", RootText("AAA", First(), "trusted_until: \"2024-07-01\"") +
                        RootText("AAA", Second(), "trusted_from: \"2024-06-01\""));
  EXPECT_EQ(On("2024-05-31"), std::set<std::string>({first_}));
  EXPECT_EQ(On("2024-06-01"), std::set<std::string>({first_, second_}));
  EXPECT_EQ(On("2024-06-30"), std::set<std::string>({first_, second_}));
  EXPECT_EQ(On("2024-07-01"), std::set<std::string>({second_}));
}

TEST_F(BundleTest, TheNewestActInForceCounts) {
  Add("2024-05-01", RootText("AAA", First()));
  Add("2024-06-01", RootText("AAA", Second()) + "refresh_hint_s: 600\n");
  EXPECT_EQ(On("2024-05-31"), std::set<std::string>({first_}));
  EXPECT_EQ(On("2024-06-01"), std::set<std::string>({second_}));
  EXPECT_EQ(BundleAt(acts_, At("2024-05-31"))->number, 1u);
  EXPECT_EQ(BundleAt(acts_, At("2024-05-31"))->refresh_hint_s, 3'600u);
  EXPECT_EQ(BundleAt(acts_, At("2024-06-01"))->number, 2u);
  EXPECT_EQ(BundleAt(acts_, At("2024-06-01"))->refresh_hint_s, 600u);
  EXPECT_THAT(RootsEverNamed(acts_), SizeIs(2));
}

TEST_F(BundleTest, WhenAllDaysAreOverThereIsNoRootAndNotAnOldOne) {
  Add("2024-05-01", RootText("AAA", First(), "trusted_until: \"2024-07-01\""));
  EXPECT_THAT(On("2024-07-01"), IsEmpty());
}

}  // namespace
}  // namespace tamga::policy
