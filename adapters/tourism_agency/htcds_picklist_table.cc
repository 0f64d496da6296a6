// The picklists of the Human Trafficking Case Data Standard (HTCDS) 2.0, values verbatim and in the standard's order.
// Source: "HTCDS Field Standards 2.0", repository UNMigration/HTCDS, commit 3c2f6537cd76c3305975aa5eef7a1bf26fe20a30.
// Human Trafficking Case Data Standard (HTCDS) by IOM, licence CC BY 4.0; turned into this table, otherwise unchanged.
#include "adapters/tourism_agency/htcds_picklists.h"

namespace tamga::adapters {
namespace {

constexpr absl::string_view kOrgType[] = {"NGO",
                                          "LawEnforcement",
                                          "HealthServiceOrganisation",
                                          "CentralGovernmentOrganisation",
                                          "LocalGovernmentOrganisation",
                                          "ImmigrationService",
                                          "LegalService",
                                          "CorporateBusiness",
                                          "SchoolOrCollege"};

constexpr absl::string_view kPrsGender[] = {
    "Feminine", "Masculine", "TransgenderFeminine", "TransgenderMasculine", "NonConforming", "NonSpecifiedUnknown"};

constexpr absl::string_view kPrsMaritalStatus[] = {"Single",   "Married",   "Widowed",
                                                   "Divorced", "Separated", "RegisteredPartnership"};

constexpr absl::string_view kPrsHighestLevelOfEducation[] = {
    "EarlyChildhoodEducation",           "PrimaryEducation",
    "LowerSecondaryEducation",           "UpperSecondaryEducation",
    "PostSecondaryNonTertiaryEducation", "ShortCycleTertiaryEducation",
    "BachelorsOrEquivalentLevel",        "MastersOrEquivalentLevel",
    "DoctoralOrEquivalentLevel"};

constexpr absl::string_view kVicTraffickingStatus[] = {"PossibleVictimOfTrafficking", "ActualVictimOfTrafficking",
                                                       "NotAVictimOfTrafficking"};

constexpr absl::string_view kVicTraffickingStatusDecisionMakingOrg[] = {"Police", "NGO", "CourtOrProsecution",
                                                                        "NonPoliceGovernmentalOrganization", "Other"};

constexpr absl::string_view kVicRelationshipToTrafficker[] = {"Familial", "Acquainted", "Unaquainted"};

constexpr absl::string_view kVicRecruitmentWebsitesAndApps[] = {
    "Facebook", "Instagram", "WhatsApp", "Telegram", "FacebookMessenger", "Viber", "SnapChat", "Line", "4Sale",
    "WeChat",   "QQ",        "QZone",    "TikTok",   "Twitter",           "Other"};

constexpr absl::string_view kVicMethodOfRecruitment[] = {"AtAPlaceOfBusiness",
                                                         "AtAnEducationalInstitution",
                                                         "AtWork",
                                                         "ThroughOnlineSocialNetworks",
                                                         "ThroughAnOnlineAdvertisement",
                                                         "ThroughATelevisionAdvert",
                                                         "ThroughANewspaperAdvert",
                                                         "ThroughFamilyOrFamilyEvents",
                                                         "ThroughFriendsOrSocialEvents",
                                                         "Other"};

constexpr absl::string_view kVicMethodsOfControl[] = {"PhysicalThreats",
                                                      "ThreatsLawEnforcement",
                                                      "ThreatensChildrenFamily",
                                                      "DebtBondage",
                                                      "FalsePromises",
                                                      "PhysicalAbuse",
                                                      "SexualAbuse",
                                                      "TakesEarnings",
                                                      "RestrictsFinancialAccess",
                                                      "RestrictsMedicalCare",
                                                      "WithholdsNecessities",
                                                      "PsychologicalAbuse",
                                                      "PsychoactiveSubstance",
                                                      "ExcessiveWorkingHours",
                                                      "WithholdsDocuments",
                                                      "Other"};

constexpr absl::string_view kVicTypeOfExploitation[] = {"ForcedLabour",   "SexualExploitation",
                                                        "ChildLabour",    "ForcedMarriage",
                                                        "Servitude",      "ForcedMilitaryByNonStateActors",
                                                        "OrganRemoval",   "ForcedBegging",
                                                        "ForcedAdoption", "Surrogacy",
                                                        "Other"};

constexpr absl::string_view kVicForcedLabourIndustry[] = {"A_AgricultureForestryAndFishing",
                                                          "B_MiningAndQuarrying",
                                                          "C_Manufacturing",
                                                          "D_ElectricityGasSteamAndAirConditioningSupply",
                                                          "E_WaterSupplySewerageWasteManagement",
                                                          "F_Construction",
                                                          "G_WholesaleAndRetailTradeRepairOfMotorVehicles",
                                                          "H_TransportationAndStorage",
                                                          "I_AccommodationAndFoodServiceActivities",
                                                          "J_InformationAndCommunication",
                                                          "K_FinancialAndInsuranceActivities",
                                                          "L_RealEstateActivities",
                                                          "M_ProfessionalScientificAndTechnicalActivities",
                                                          "N_AdministrativeAndSupportServiceActivities",
                                                          "O_PublicAdministrationAndDefence",
                                                          "P_Education",
                                                          "Q_HumanHealthAndSocialWorkActivities",
                                                          "R_ArtsEntertainmentAndRecreation",
                                                          "S_OtherServiceActivities",
                                                          "T_ActivitiesOfHouseholdsAsEmployers",
                                                          "U_ActivitiesOfExtraterritorialOrganizations"};

constexpr absl::string_view kVicTypeOfSexExploitation[] = {"Prostitution", "Pornography", "RemoteInteractiveServices",
                                                           "PrivateSexualServices"};

constexpr absl::string_view kVicExploitationWebsitesAndApps[] = {
    "Facebook", "Instagram", "WhatsApp", "Telegram", "FacebookMessenger", "Viber", "SnapChat", "Line", "4Sale",
    "WeChat",   "QQ",        "QZone",    "TikTok",   "Twitter",           "Other"};

constexpr absl::string_view kVicVulnerabilities[] = {
    "Addiction",    "SocialGroup",    "Discrimination", "Poverty",          "DisabilityAndPhysicalHealth",
    "MentalHealth", "Migration",      "Homelessness",   "AbuseSocialMedia", "AbusePhysical",
    "Education",    "WorkEnvironment"};

constexpr absl::string_view kPerRoleInProcess[] = {"TravellingPartner",
                                                   "Transporter",
                                                   "RecruiterOrIntermediary",
                                                   "BrokerTravelAgent",
                                                   "TransferredIndividual",
                                                   "HarbouredIndividual",
                                                   "SoldIndividual",
                                                   "BoughtIndividual",
                                                   "ReceivedIndividual",
                                                   "ControlledIndividual",
                                                   "Smuggler",
                                                   "Abuser",
                                                   "Kidnapper",
                                                   "Exploiter",
                                                   "Other"};

constexpr absl::string_view kCasStatus[] = {"Active", "FollowUp", "Closed", "ClosedReferred"};

constexpr absl::string_view kCasReasonForIncomingReferral[] = {"AdditionalServicesRequired",
                                                               "MigrationOrChangeOfLocation", "Other"};

constexpr absl::string_view kCasReasonForOutgoingReferral[] = {"AdditionalServicesRequired",
                                                               "MigrationOrChangeOfLocation", "Other"};

constexpr absl::string_view kHteType[] = {"Recruitment", "Transit", "Exploitation"};

constexpr absl::string_view kSplType[] = {"Education",
                                          "Financial",
                                          "Health",
                                          "LabourExploitationRehabilitation",
                                          "Legal",
                                          "Livelihood",
                                          "RightsBasedTraining",
                                          "SexualExploitationRehabilitation",
                                          "SocialCare"};

constexpr Picklist kPicklists[] = {
    {"org_Type", kOrgType},
    {"prs_Gender", kPrsGender},
    {"prs_MaritalStatus", kPrsMaritalStatus},
    {"prs_HighestLevelOfEducation", kPrsHighestLevelOfEducation},
    {"vic_TraffickingStatus", kVicTraffickingStatus},
    {"vic_TraffickingStatusDecisionMakingOrg", kVicTraffickingStatusDecisionMakingOrg},
    {"vic_RelationshipToTrafficker", kVicRelationshipToTrafficker},
    {"vic_RecruitmentWebsitesAndApps", kVicRecruitmentWebsitesAndApps},
    {"vic_MethodOfRecruitment", kVicMethodOfRecruitment},
    {"vic_MethodsOfControl", kVicMethodsOfControl},
    {"vic_TypeOfExploitation", kVicTypeOfExploitation},
    {"vic_ForcedLabourIndustry", kVicForcedLabourIndustry},
    {"vic_TypeOfSexExploitation", kVicTypeOfSexExploitation},
    {"vic_ExploitationWebsitesAndApps", kVicExploitationWebsitesAndApps},
    {"vic_Vulnerabilities", kVicVulnerabilities},
    {"per_RoleInProcess", kPerRoleInProcess},
    {"cas_Status", kCasStatus},
    {"cas_ReasonForIncomingReferral", kCasReasonForIncomingReferral},
    {"cas_ReasonForOutgoingReferral", kCasReasonForOutgoingReferral},
    {"hte_Type", kHteType},
    {"spl_Type", kSplType},
};

}  // namespace

absl::Span<const Picklist> HtcdsPicklists() { return kPicklists; }

}  // namespace tamga::adapters
