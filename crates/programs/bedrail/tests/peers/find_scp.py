"""A worklist: answers C-FIND with one invented item. Arguments: port, AE title."""

import sys

from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityWorklistInformationFind


def answer(event):
    item = Dataset()
    item.PatientName = "Invented^Person"
    yield 0xFF00, item


entity = AE(ae_title=sys.argv[2])
entity.add_supported_context(ModalityWorklistInformationFind)
entity.start_server(("0.0.0.0", int(sys.argv[1])), evt_handlers=[(evt.EVT_C_FIND, answer)])
